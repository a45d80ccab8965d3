package sip

// better chooses between two final answers of branches that were all refused
// (RFC 3261 §16.7, point 6): a 6xx wins, then the lowest class; within 4xx
// those that tell the caller what to do come first, and a 503 is only better
// than nothing.
func better(a, b int) int {
	if rank(b) < rank(a) {
		return b
	}
	return a
}

func rank(status int) int {
	switch {
	case status >= 600:
		return 0
	case status == 503:
		return 1000
	case status == 401, status == 407, status == 415, status == 420, status == 484:
		return 400
	case status == 486:
		return 401 // somebody is there, but talks
	case status == 408, status == 480, status == 487:
		return 499 // nobody is there
	case status == 0:
		return 2000
	case status >= 400 && status < 500:
		return 410
	}
	return status
}
