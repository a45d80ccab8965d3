package api

// GroupForm is a new group of users.
type GroupForm struct {
	Company   string `json:"company,omitempty" doc:"An admin's is the own one"`
	Kind      string `json:"kind" enum:"hunt,pickup,park,queue"`
	Name      string `json:"name" example:"Sales"`
	Site      string `json:"site,omitempty" doc:"Id of a site of the company"`
	Extension string `json:"extension,omitempty" example:"700" doc:"Under which the group is called; free in the company"`
	Strategy  string `json:"strategy,omitempty" enum:"all,ordered,round-robin,longest-idle" doc:"Of hunt groups and queues only; by default all for a hunt group, longest-idle for a queue"`
}

// GroupChangeForm changes a group. Only what was sent is changed.
type GroupChangeForm struct {
	Name      Text `json:"name,omitzero"`
	Site      Text `json:"site,omitzero"`
	Extension Text `json:"extension,omitzero"`
	Strategy  Text `json:"strategy,omitzero"`
}

// MemberForm says where a member stands.
type MemberForm struct {
	Place int `json:"place,omitempty" minimum:"0" doc:"From 1; by default behind the others, or where the member is"`
}
