package callprofile

// Ids of the usual profiles: every user has them from the beginning (rule 2.27).
const (
	Available    = "available"
	Lunch        = "lunch"
	Meeting      = "meeting"
	GoneForToday = "gone"
	Vacation     = "vacation"
	SickLeave    = "sick"
	OutOfOffice  = "out"
	BusinessTrip = "trip"
	SickChild    = "child"
	Training     = "training"
)

// Usual gives the ten profiles that every user begins with, in the order of
// their numbers: Lunch is 1 and Meeting 2 (rule 2.29). Who has gone home, is on
// vacation or ill shows the mobile number (rule 2.34). Who is not at work is
// replaced by no timetable: that is what their priority says.
func Usual() []Profile {
	atWork, atHome := Shown{Fixed: ShowFixed, Mobile: ShowFixed}, Shown{Fixed: ShowMobile, Mobile: ShowMobile}
	told := Target{Kind: Announcement}
	here := Handling{Ring: Both}
	onTheWay := Handling{Ring: Mobile}
	away := Handling{Ring: Forward, Forward: told}
	usual := []Profile{
		{ID: Available, Settings: Settings{Shown: atWork, Calls: here}},
		{ID: Lunch, Settings: Settings{Shown: atWork, Calls: away, Minutes: 60, Priority: 1}},
		{ID: Meeting, Settings: Settings{Shown: atWork, Calls: away, Minutes: 60, Priority: 1}},
		{ID: GoneForToday, Settings: Settings{Shown: atHome, Calls: away}},
		{ID: Vacation, Settings: Settings{Shown: atHome, Calls: away, Priority: 9}},
		{ID: SickLeave, Settings: Settings{Shown: atHome, Calls: away, Priority: 9}},
		{ID: OutOfOffice, Settings: Settings{Shown: atWork, Calls: onTheWay, Priority: 1}},
		{ID: BusinessTrip, Settings: Settings{Shown: atWork, Calls: onTheWay, Priority: 5}},
		{ID: SickChild, Settings: Settings{Shown: atHome, Calls: away, Priority: 9}},
		{ID: Training, Settings: Settings{Shown: atWork, Calls: away, Priority: 5}},
	}
	for n := range usual {
		usual[n].Number = n
		usual[n].Hidden = n > 0
	}
	return usual
}
