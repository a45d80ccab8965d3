// Command record saves the histories of workflows as JSON, for the replay tests:
//
//	go run ./scripts/record -temporal 127.0.0.1:7233 -out workflows/testdata expired=USER-ID sim=sim/SIM-ID …
//
// What has a slash is a workflow's id in full. Each history is written to NAME.json. Record one history a kind of end before
// a change of the workflow, and keep the older ones.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/client"

	"dialtone/workflows"
)

func main() {
	address := flag.String("temporal", "", "host:port of the Temporal server")
	folder := flag.String("out", "workflows/testdata", "where the files go")
	flag.Parse()
	if err := record(context.Background(), *address, *folder, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

func record(ctx context.Context, address, folder string, wanted []string) error {
	c, err := client.Dial(client.Options{HostPort: address})
	if err != nil {
		return err
	}
	defer c.Close()
	for _, pair := range wanted {
		name, id, ok := strings.Cut(pair, "=")
		if !ok {
			return fmt.Errorf("%q is not NAME=ID", pair)
		}
		if !strings.Contains(id, "/") {
			id = workflows.UserID(id)
		}
		var h history.History
		events := c.GetWorkflowHistory(ctx, id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			event, err := events.Next()
			if err != nil {
				return fmt.Errorf("read the history of %s: %w", id, err)
			}
			h.Events = append(h.Events, event)
		}
		raw, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(&h)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, name+".json"), append(raw, '\n'), 0o600); err != nil {
			return err
		}
		fmt.Println(name, len(h.Events), "events")
	}
	return nil
}
