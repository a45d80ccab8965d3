package pgserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// find gives the folder of PostgreSQL's programs: Debian keeps those of the
// server apart from the path.
func find() (string, error) {
	folders, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	if inPath, err := exec.LookPath("initdb"); err == nil {
		folders = append(folders, filepath.Dir(inPath))
	}
	for _, folder := range folders {
		_, noInit := os.Stat(filepath.Join(folder, "initdb"))
		_, noServer := os.Stat(filepath.Join(folder, "postgres"))
		if noInit == nil && noServer == nil {
			return folder, nil
		}
	}
	return "", ErrMissing
}

// initialise makes the cluster. Its own order of texts is not that of bytes,
// so that a column which needs that has to say so.
func (s *Server) initialise(ctx context.Context) error {
	if err := os.WriteFile(s.path("password"), []byte(s.password), 0o600); err != nil {
		return err
	}
	credential, err := s.hand()
	if err != nil {
		return err
	}
	command := exec.CommandContext(ctx, filepath.Join(s.programs, "initdb"), "--pgdata", s.path("cluster"), "--username", owner,
		"--pwfile", s.path("password"), "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8",
		"--locale-provider", "icu", "--icu-locale", "en-US", "--no-sync", "--no-instructions")
	command.Dir = s.folder
	command.SysProcAttr = &syscall.SysProcAttr{Credential: credential}
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("make a cluster: %w: %s", err, bytes.TrimSpace(output))
	}
	return nil
}

// hand gives the folder to the user postgres where we are root, and that
// user's credential to run as; nil runs as who we are.
func (s *Server) hand() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("look for the user that runs PostgreSQL: %w", err)
	}
	uid, badUID := strconv.ParseUint(account.Uid, 10, 32)
	gid, badGID := strconv.ParseUint(account.Gid, 10, 32)
	if err := errors.Join(badUID, badGID); err != nil {
		return nil, fmt.Errorf("look for the user that runs PostgreSQL: %w", err)
	}
	for _, path := range []string{s.folder, s.path("password")} {
		if err := os.Chown(path, int(uid), int(gid)); err != nil {
			return nil, err
		}
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// launch starts the server's first process; its log goes to a file.
func (s *Server) launch() (*process, error) {
	credential, err := s.hand()
	if err != nil {
		return nil, err
	}
	log, err := os.Create(s.path("log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	arguments := []string{
		"-D", s.path("cluster"), "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=400",
	}
	for name, value := range s.settings {
		arguments = append(arguments, "-c", name+"="+value)
	}
	// It is told to end by a signal, not by a context.
	command := exec.Command(filepath.Join(s.programs, "postgres"), arguments...)
	command.Dir, command.Stdout, command.Stderr = s.folder, log, log
	command.SysProcAttr = attributes(credential)
	return begin(command)
}

// remains tells whether the server could not start because of what is left of
// the one before it: processes that have not noticed yet that it was killed.
func (s *Server) remains() bool {
	words := s.lastWords()
	return strings.Contains(words, "still in use") || strings.Contains(words, "lock file")
}

// lastWords gives the end of the server's log.
func (s *Server) lastWords() string {
	text, err := os.ReadFile(s.path("log"))
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-2000):])
}
