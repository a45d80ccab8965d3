package temporald_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dialtone/deploy/local/temporald"
)

// The kernel's table of sockets (proc_pid_net(5)) has local addresses in
// hexadecimal and 0A for a listening one.
const listening = "0A"

// ownListeners gives the local addresses this process listens on.
func ownListeners(t *testing.T) []string {
	t.Helper()
	own := map[string]bool{}
	descriptors, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, descriptor := range descriptors {
		target, err := os.Readlink(descriptor)
		if inode, isSocket := strings.CutPrefix(target, "socket:["); err == nil && isSocket {
			own[strings.TrimSuffix(inode, "]")] = true
		}
	}
	addresses := []string{}
	for _, table := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		content, err := os.ReadFile(table)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(content)) {
			columns := strings.Fields(line)
			if len(columns) > 9 && columns[3] == listening && own[columns[9]] {
				addresses = append(addresses, columns[1])
			}
		}
	}
	return addresses
}

func TestEveryListenerIsOnLoopback(t *testing.T) {
	start(t, temporald.Config{File: filepath.Join(t.TempDir(), "t.db"), UI: "127.0.0.1:0"})
	addresses := ownListeners(t)
	if len(addresses) != 5 {
		t.Errorf("it listens on %v; expected frontend, history, matching, worker and UI", addresses)
	}
	for _, address := range addresses {
		if !strings.HasPrefix(address, "0100007F:") {
			t.Errorf("it listens on %s", address)
		}
	}
}
