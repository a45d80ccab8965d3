package projections_test

import (
	"testing"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/device"
	"dialtone/domain/user"
	"dialtone/projections"
)

const desk = "44444444-4444-5444-8444-444444444444"

// phoneFacts make a phone of a user's.
func phoneFacts() []domain.Event {
	return []domain.Event{
		device.Added{ID: desk, Company: acme, Manufacturer: device.Snom, Model: "D785", Claim: "mac-1", Personal: &device.Marks{MAC: "000413abcdef"}},
		device.Assigned{User: userID(1), Deadline: later},
	}
}

func TestAPhoneIsListedWithWhoHasIt(t *testing.T) {
	h := newHouse(t)
	h.run(h.views, h.journal)
	h.tell(device.Stream(desk), append(phoneFacts(), device.AddressIssued{Generation: 1}, device.ConfigurationFetched{Format: device.Snom, Sum: "1", Agent: "snomD785"})...)
	h.settled()
	row, state, err := h.views.GetDevice(t.Context(), desk)
	if err != nil || row.MAC != "000413abcdef" || row.User != userID(1) || row.Agent != "snomD785" || row.FetchedAt == nil || row.Generation != 1 || state.Claim != "mac-1" {
		t.Fatalf("the phone is %+v, %v", row, err)
	}
	for name, c := range map[string]struct {
		filter projections.DeviceFilter
		want   int
	}{
		"the company's": {projections.DeviceFilter{Company: acme}, 1}, "the user's": {projections.DeviceFilter{User: userID(1)}, 1},
		"another's": {projections.DeviceFilter{User: userID(2)}, 0}, "free ones": {projections.DeviceFilter{Company: acme, Free: true}, 0},
	} {
		if rows, _, err := h.views.Devices(t.Context(), c.filter); err != nil || len(rows) != c.want {
			t.Errorf("%s: %+v, %v", name, rows, err)
		}
	}
	if _, _, err := h.views.GetDevice(t.Context(), acme); domain.KindOf(err) != domain.Missing {
		t.Errorf("another phone: %v", err)
	}
	h.tell(device.Stream(desk), device.Released{User: userID(1)})
	h.settled()
	if rows, _, err := h.views.Devices(t.Context(), projections.DeviceFilter{Company: acme, Free: true}); err != nil || len(rows) != 1 {
		t.Errorf("free are %+v, %v", rows, err)
	}
}

func TestAPhoneWaitsForItsUserAndItsMarksForTheirRelease(t *testing.T) {
	h := newHouse(t)
	h.run(h.views, h.journal)
	overdue := func(want ...string) {
		t.Helper()
		h.settled()
		rows, err := h.views.OverdueClaims(t.Context(), later.Add(2*claim.Window), 10)
		if err != nil || len(rows) != len(want) {
			t.Fatalf("waiting are %+v, %v, want %v", rows, err, want)
		}
		for n, row := range rows {
			if row.Kind+" "+row.Owner != want[n] {
				t.Errorf("waiting is %+v, want %s", row, want[n])
			}
		}
	}
	h.tell(device.Stream(desk), phoneFacts()...)
	overdue("phone " + user.Stream(userID(1)))
	h.tell(device.Stream(desk), device.Confirmed{User: userID(1)})
	overdue()
	h.tell(device.Stream(desk), device.Released{User: userID(1)}, device.Removed{Claim: "mac-1"})
	overdue("loose " + device.Stream(desk))
	if rows, _, err := h.views.Devices(t.Context(), projections.DeviceFilter{Company: acme}); err != nil || len(rows) != 0 {
		t.Errorf("a phone that was removed is listed: %+v, %v", rows, err)
	}
	h.tell(device.Stream(desk), device.ClaimsReleased{Claims: []string{"mac-1"}})
	overdue()
}
