package api

import (
	"errors"
	"slices"

	"dialtone/domain"
)

// merged makes one fault of several checks of the same input.
func merged(errs ...error) error {
	var first *domain.Fault
	for _, err := range errs {
		var fault *domain.Fault
		switch {
		case err == nil:
		case !errors.As(err, &fault) || len(fault.Fields) == 0:
			return err
		case first == nil:
			first = fault
		default:
			first = &domain.Fault{Kind: first.Kind, Code: first.Code, Detail: first.Detail, Fields: slices.Concat(first.Fields, fault.Fields)}
		}
	}
	if first == nil {
		return nil
	}
	return first
}

// below moves the fields of a fault under a pointer.
func below(pointer string, err error) error {
	var fault *domain.Fault
	if err == nil || !errors.As(err, &fault) || len(fault.Fields) == 0 {
		return err
	}
	moved := *fault
	moved.Fields = slices.Clone(fault.Fields)
	for i := range moved.Fields {
		moved.Fields[i].Pointer = pointer + moved.Fields[i].Pointer
	}
	return &moved
}

// invalid is a fault of one field.
func invalid(pointer, code, detail string) error {
	var c domain.Check
	c.Need(false, pointer, code, "%s", detail)
	return c.Err()
}
