package judges_test

import (
	"encoding/json"
	"testing"

	"dialtone/eventstore/storetest/pgserver"
)

// pieces are the judgements that a server without TLS has to stand; core are
// those that show which store is behind it.
var (
	pieces = []string{
		"append", "idempotency", "batch", "reading", "readingall", "metadata", "deletion",
		"subscribing", "subscribingall", "flood", "connecting", "restart",
	}
	core = []string{
		"append", "idempotency", "batch", "reading", "readingall", "deletion", "subscribing", "subscribingall", "restart",
	}
)

func TestBothClientsAgreeWithTheServerOverSQLite(t *testing.T) {
	node := needNode(t)
	command := serverCommand(t, "--eventstore-insecure")
	for _, client := range clients {
		t.Run(client, func(t *testing.T) {
			t.Parallel()
			judge(t, node, client, pieces, map[string]string{
				"JUDGES_SERVER": startServer(t, command), "JUDGES_COMMAND": asJSON(t, command), "JUDGES_DATA": t.TempDir(),
			})
		})
	}
}

func TestBothClientsAgreeWithTheServerOverPostgreSQL(t *testing.T) {
	node := needNode(t)
	for _, client := range clients {
		t.Run(client, func(t *testing.T) {
			t.Parallel()
			command := serverCommand(t, "--eventstore-insecure", "--eventstore", pgserver.Schema(t))
			judge(t, node, client, core, map[string]string{
				"JUDGES_SERVER": startServer(t, command), "JUDGES_COMMAND": asJSON(t, command), "JUDGES_DATA": t.TempDir(),
			})
		})
	}
}

func TestBothClientsAgreeWithTheServerBehindTLSAndALogin(t *testing.T) {
	node := needNode(t)
	// 1.3.1's reads send what a connection string escapes as it stands there:
	// nothing here needs escaping.
	const user, password = "stilgar", "muad'dib"
	t.Setenv("DIALTONE_EVENTSTORE_PASSWORD", password)
	files := newAuthority(t).vouch(t)
	command := serverCommand(t, "--eventstore-tls-cert", files.certificate, "--eventstore-tls-key", files.key, "--eventstore-user", user)
	for _, client := range clients {
		t.Run(client, func(t *testing.T) {
			t.Parallel()
			judge(t, node, client, []string{"securing"}, map[string]string{
				"JUDGES_SECURE": startServer(t, command), "JUDGES_CA": files.authority,
				"JUDGES_OTHER_CA": newAuthority(t).vouch(t).authority, "JUDGES_USER": user, "JUDGES_PASSWORD": password,
			})
		})
	}
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
