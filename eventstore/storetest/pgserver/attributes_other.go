//go:build !linux

package pgserver

import "syscall"

// attributes lets a process run as another user.
func attributes(credential *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: credential, Setpgid: true}
}
