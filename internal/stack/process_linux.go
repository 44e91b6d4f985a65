package stack

import "syscall"

// dieWithParent lets the kernel send the child a signal when we die, even from SIGKILL.
func dieWithParent(attr *syscall.SysProcAttr, signal syscall.Signal) { attr.Pdeathsig = signal }
