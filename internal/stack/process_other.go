//go:build !linux

package stack

import "syscall"

// dieWithParent does nothing: only Linux ties a child's life to ours. Elsewhere the next start finds the survivors.
func dieWithParent(*syscall.SysProcAttr, syscall.Signal) {}
