package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// house is the binary under measurement.
type house struct {
	cmd                   *exec.Cmd
	http, temporal, token string
	readyAfter            time.Duration
}

func startHouse(ctx context.Context, binary, folder string) (*house, error) {
	cmd := exec.CommandContext(ctx, binary, "run", "--data", folder, "--http", "127.0.0.1:0", "--sip", "127.0.0.1:0", "--temporal-ui", "127.0.0.1:0",
		"--eventstore-listen", "127.0.0.1:0")
	cmd.Stderr = os.Stderr
	cmd.Args = append(cmd.Args, "--log-level", "warn")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("the binary did not become ready: %w", err)
	}
	h := &house{cmd: cmd, readyAfter: time.Since(begun)}
	for field := range strings.FieldsSeq(line) {
		name, value, _ := strings.Cut(field, "=")
		switch name {
		case "http":
			h.http = value
		case "temporal":
			h.temporal = value
		}
	}
	token, err := os.ReadFile(filepath.Join(folder, "operator.token"))
	h.token = strings.TrimSpace(string(token))
	return h, err
}

func (h *house) stop() (time.Duration, error) {
	begun := time.Now()
	if err := h.cmd.Process.Signal(os.Interrupt); err != nil {
		return 0, err
	}
	err := h.cmd.Wait()
	return time.Since(begun), err
}

// end kills the binary where a part ends before it has stopped it.
func (h *house) end() {
	if h == nil || h.cmd.ProcessState != nil {
		return
	}
	h.cmd.Process.Kill() //nolint:errcheck // it may be gone already
	h.cmd.Wait()         //nolint:errcheck // killed: that is its error
}

// memory gives the resident set in MiB (proc(5), VmRSS).
func (h *house) memory() (int, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.Atoi(strings.Fields(rest)[0])
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("no VmRSS in /proc")
}

var web = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

// call makes a request and decodes the answer, which must not be an error.
func (h *house) call(ctx context.Context, method, path string, body, into any) error {
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		reader = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://"+h.http+path, reader)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+h.token)
	request.Header.Set("Content-Type", "application/json")
	response, err := web.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %d %s", method, path, response.StatusCode, raw)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(raw, into)
}
