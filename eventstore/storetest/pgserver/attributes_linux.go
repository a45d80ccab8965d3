package pgserver

import "syscall"

// attributes lets a process run as another user, and shut down when we end
// without a word.
func attributes(credential *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: credential, Setpgid: true, Pdeathsig: syscall.SIGINT}
}
