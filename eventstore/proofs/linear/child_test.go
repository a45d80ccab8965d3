package linear

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"dialtone/eventstore/internal/points"
	"dialtone/eventstore/server"
	"dialtone/eventstore/sqlstore"
)

// childNode holds what the process serves if this test binary was started as a
// child.
const childNode = "LINEAR_TEST_NODE"

// node is a process that serves a file. File 3 is its listener: the parent keeps
// it, so that clients find the next process at the same address.
type node struct {
	Path    string
	Number  int
	Bug     string
	Point   points.Point // where it kills itself; "": nowhere
	Passage int
}

func TestMain(m *testing.M) {
	if text := os.Getenv(childNode); text != "" {
		fmt.Fprintln(os.Stderr, serve(text))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// serve runs until the process is killed.
func serve(text string) error {
	var n node
	if err := json.Unmarshal([]byte(text), &n); err != nil {
		return err
	}
	passages := 0
	var mu sync.Mutex
	points.Listen(func(p points.Point) {
		mu.Lock()
		defer mu.Unlock()
		if passages++; p == n.Point && passages >= n.Passage {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	})
	listener, err := net.FileListener(os.NewFile(3, "listener"))
	if err != nil {
		return err
	}
	if n.Bug == lostInACrash && n.Number > 0 {
		if err := forget(n.Path); err != nil {
			return err
		}
	}
	store, err := sqlstore.Open(context.Background(), sqlstore.Config{Path: n.Path, Clock: time.Now})
	if err != nil {
		return err
	}
	served, err := server.New(server.Config{Store: planted(store, n.Bug), Clock: time.Now, NewID: uuid.NewString})
	if err != nil {
		return err
	}
	return served.Serve(listener)
}

// house is a node and those that take its place.
type house struct {
	listener *os.File
	address  string
	now      node
	mu       sync.Mutex
	running  *exec.Cmd
	ended    bool
	failed   error
}

func newHouse(first node) (*house, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	file, err := listener.(*net.TCPListener).File()
	if err != nil {
		return nil, err
	}
	return &house{listener: file, address: listener.Addr().String(), now: first}, nil
}

// run starts one process after the other until the house ends.
func (h *house) run() {
	for h.start() {
		_ = h.running.Wait()
	}
}

func (h *house) start() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return false
	}
	text, err := json.Marshal(h.now)
	if err != nil {
		h.failed = err
		return false
	}
	h.running = exec.Command(os.Args[0])
	h.running.Env = append(os.Environ(), childNode+"="+string(text))
	h.running.ExtraFiles = []*os.File{h.listener}
	h.running.Stderr = os.Stderr
	h.failed = h.running.Start()
	h.now.Number++
	h.now.Point = ""
	return h.failed == nil
}

// kill ends the process that runs; the next one kills itself at a point, if one
// is given.
func (h *house) kill(next points.Point, passage int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now.Point, h.now.Passage = next, passage
	_ = h.running.Process.Kill()
}

func (h *house) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	_ = h.running.Process.Kill()
}
