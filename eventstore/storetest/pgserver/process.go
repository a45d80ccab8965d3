package pgserver

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// process is a server's first process, the parent of all others.
type process struct {
	command *exec.Cmd
	ended   chan struct{}
}

// begin starts a process from a thread that lives as long: the system ends the
// process when that thread ends, which is when we do, however we do.
func begin(command *exec.Cmd) (*process, error) {
	p := &process{command: command, ended: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := command.Start()
		started <- err
		if err == nil {
			_ = command.Wait() // how it ended says its log
			close(p.ended)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	return p, nil
}

// end sends a signal and waits. What is to be killed is killed with all its
// children, the parent first, so that it can't write down what happened.
func (p *process) end(signal syscall.Signal) {
	pid := p.command.Process.Pid
	children := childrenOf(pid)
	_ = p.command.Process.Signal(signal)
	if signal == syscall.SIGKILL {
		for _, child := range children {
			_ = syscall.Kill(child, signal)
		}
	}
	<-p.ended
}

// childrenOf lists child processes, as far as the system tells.
func childrenOf(pid int) []int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return nil
	}
	var children []int
	for field := range strings.FieldsSeq(string(text)) {
		if child, err := strconv.Atoi(field); err == nil {
			children = append(children, child)
		}
	}
	return children
}
