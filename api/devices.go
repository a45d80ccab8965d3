package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"dialtone/domain/device"
	"dialtone/projections"
)

// PhoneAnswer is the answer to a command on a desk phone.
type PhoneAnswer struct {
	Written
	Body DeskPhone
}

// PhonePage is a page of a list of desk phones.
type PhonePage struct {
	Items []DeskPhone `json:"items"`
	Next  string      `json:"next" doc:"Cursor of the next page, empty on the last"`
}

// PhoneCommand is a command on a desk phone that needs nothing but its name.
type PhoneCommand struct {
	Writing
	ID string `path:"id"`
}

// AddressAnswer is a new address of a phone's configuration, told once.
type AddressAnswer struct {
	Written
	Body AddressBody
}

func (s *Server) routesDevices() {
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/v1/devices" + path, Tags: []string{"devices"}, Summary: summary,
			Errors: []int{http.StatusNotFound, http.StatusPreconditionFailed},
		}
	}
	add := op("add-device", http.MethodPost, "", "Give a company another desk phone")
	add.DefaultStatus, add.Errors = http.StatusCreated, []int{http.StatusNotFound}
	register(s, add, s.addDevice)
	register(s, huma.Operation{OperationID: "list-devices", Method: http.MethodGet, Path: "/v1/devices", Tags: []string{"devices"}, Summary: "List desk phones"}, s.listDevices)
	register(s, huma.Operation{OperationID: "list-models", Method: http.MethodGet, Path: "/v1/models", Tags: []string{"devices"}, Summary: "The desk phones that are known by name"}, s.listModels)
	register(s, huma.Operation{
		OperationID: "get-device", Method: http.MethodGet, Path: "/v1/devices/{id}", Tags: []string{"devices"}, Summary: "A desk phone",
		Errors: []int{http.StatusNotFound},
	}, s.getDevice)
	register(s, op("remove-device", http.MethodDelete, "/{id}", "End a desk phone that no user has"), s.removeDevice)
	register(s, op("give-device", http.MethodPut, "/{id}/user", "Give a desk phone to a user; the login of whoever had it no longer works in it"), s.giveDevice)
	register(s, op("take-device", http.MethodDelete, "/{id}/user", "Take a desk phone from its user"), s.takeDevice)
	register(s, op("issue-address", http.MethodPost, "/{id}/provisioning", "A new address of the phone's configuration, told once"), s.issueAddress)
}

func (s *Server) addDevice(ctx context.Context, in *struct {
	Writing
	Body DevicePhoneForm
},
) (*PhoneAnswer, error) {
	if own := exchangeOf(ctx).company; own != "" {
		if in.Body.Company != "" && in.Body.Company != own {
			return nil, noCompany()
		}
		in.Body.Company = own
	}
	done, err := s.Desk.AddDevice(ctx, s.asked(ctx), in.Body)
	return phoneAnswer(done, "/v1/devices/"+done.ID, err)
}

func phoneAnswer(done Done, location string, err error) (*PhoneAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &PhoneAnswer{Written: written(done, location), Body: phoneState(device.Fold(done.Facts))}, nil
}

func (s *Server) listDevices(ctx context.Context, in *struct {
	Reading
	Paging
	Company string `query:"company"`
	User    string `query:"user"`
	Free    bool   `query:"free" doc:"Those that no user has"`
},
) (*struct{ Body PhonePage }, error) {
	rows, next, err := s.cfg.Views.Devices(ctx, projections.DeviceFilter{Company: in.Company, User: in.User, Free: in.Free, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	page := PhonePage{Items: make([]DeskPhone, 0, len(rows)), Next: next}
	for _, row := range rows {
		page.Items = append(page.Items, shownPhone(row))
	}
	return &struct{ Body PhonePage }{page}, nil
}

// ModelList is what phones are known by name.
type ModelList struct {
	Items []device.Manufacturer `json:"items"`
}

func (s *Server) listModels(context.Context, *Reading) (*struct{ Body ModelList }, error) {
	return &struct{ Body ModelList }{ModelList{Items: device.Manufacturers}}, nil
}

func (s *Server) getDevice(ctx context.Context, in *struct {
	Reading
	ID string `path:"id"`
},
) (*struct {
	ETag string `header:"ETag" doc:"Revision of the phone's own stream"`
	Body DeskPhone
}, error,
) {
	row, _, err := s.cfg.Views.GetDevice(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	body := shownPhone(row)
	if body.Stale, err = s.cfg.Views.Stale(ctx, device.Stream(in.ID)); err != nil {
		return nil, err
	}
	return &struct {
		ETag string `header:"ETag" doc:"Revision of the phone's own stream"`
		Body DeskPhone
	}{entityTag(row.Revision), body}, nil
}

func (s *Server) removeDevice(ctx context.Context, in *PhoneCommand) (*PhoneAnswer, error) {
	match, err := s.matching(ctx, device.Stream(in.ID), in.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := s.Desk.RemoveDevice(ctx, s.asked(ctx), in.ID, match...)
	return phoneAnswer(done, "", err)
}

func (s *Server) giveDevice(ctx context.Context, in *struct {
	PhoneCommand
	Body GivenForm
},
) (*PhoneAnswer, error) {
	if _, err := s.matching(ctx, device.Stream(in.ID), in.IfMatch); err != nil {
		return nil, err
	}
	done, err := s.Desk.GiveDevice(ctx, s.asked(ctx), in.ID, in.Body.User)
	return phoneAnswer(done, "", err)
}

func (s *Server) takeDevice(ctx context.Context, in *PhoneCommand) (*PhoneAnswer, error) {
	if _, err := s.matching(ctx, device.Stream(in.ID), in.IfMatch); err != nil {
		return nil, err
	}
	done, err := s.Desk.GiveDevice(ctx, s.asked(ctx), in.ID, "")
	return phoneAnswer(done, "", err)
}

func (s *Server) issueAddress(ctx context.Context, in *PhoneCommand) (*AddressAnswer, error) {
	match, err := s.matching(ctx, device.Stream(in.ID), in.IfMatch)
	if err != nil {
		return nil, err
	}
	issued, err := s.Desk.IssueAddress(ctx, s.asked(ctx), in.ID, match...)
	if err != nil {
		return nil, err
	}
	replay, err := json.Marshal(AddressBody{Detail: "the address was shown once; ask for a new one under a new key"})
	if err != nil {
		return nil, err
	}
	exchangeOf(ctx).replay = replay
	return &AddressAnswer{Written: written(issued.Done, ""), Body: AddressBody{Folder: issued.Folder, File: issued.File}}, nil
}
