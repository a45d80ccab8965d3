package e2e_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"dialtone/deploy/local/temporald"
)

// TestOrdersAreTakenWhileTemporalIsAway orders before there is a Temporal
// server, starts one, stops it in the middle and starts it again.
func TestOrdersAreTakenWhileTemporalIsAway(t *testing.T) {
	address, file := freeAddress(t), filepath.Join(t.TempDir(), "temporal.db")
	h := newHouse(t, "--temporal", address)
	company := h.company("onenet", "+4930231280000", "+4930231280009", 5)
	before := h.user(company, object{"firstName": "Ada", "lastName": "Before", "number": "+4930231280001"})
	eventually(t, "the order to be kept", func() bool { return h.state(before) == "pending" })

	server := startTemporal(t, address, file)
	eventually(t, "the order from before", func() bool { return h.state(before) == "activated" })

	stopTemporal(t, server)
	between := h.user(company, object{"firstName": "Ben", "lastName": "Between", "number": "+4930231280002"})
	startTemporal(t, address, file)
	eventually(t, "the order from between", func() bool { return h.state(between) == "activated" })
}

func startTemporal(t *testing.T, address, file string) *temporald.Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	server, err := temporald.Start(ctx, temporald.Config{File: file, Frontend: address, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopTemporal(t, server) })
	return server
}

func stopTemporal(t *testing.T, server *temporald.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := server.Stop(ctx); err != nil {
		t.Errorf("stop Temporal: %v", err)
	}
}
