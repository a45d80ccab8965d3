// Package domain holds what every rule of Dialtone shares: facts, the cause a
// fact is written for, faults with a kind, telephone numbers and derived ids.
// It uses the standard library only and knows no clock, no randomness and no I/O.
package domain
