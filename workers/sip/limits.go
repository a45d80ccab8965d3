package sip

import "time"

// Limits are the worker's patience.
type Limits struct {
	Answer time.Duration // how long a phone may ring; 2 minutes
	TimerC time.Duration // how long without any news from a branch (RFC 3261 §16.6, point 11); 3 minutes
	GiveUp time.Duration // how long to wait for the end of a cancelled branch (§9.1); 32 seconds
	Drain  time.Duration // how long Stop waits for calls that are being set up; 1.5 seconds
	Calls  int64         // how many calls may be being set up; 20,000
	TCP    Connections   // of phones, and of strangers
}

// Connections bounds what strangers can take of the TCP socket.
type Connections struct {
	Total     int           // at a time; 4,096
	PerSource int           // from one IPv4 address or IPv6 /64 at a time; 1,024, as offices share an address
	First     time.Duration // until the head of the first message must have come; 10 seconds
	Idle      time.Duration // without a byte after that; 2 hours, twice the longest registration
}

func fill[T int | int64 | time.Duration](value *T, usual T) {
	if *value == 0 {
		*value = usual
	}
}

func (l Limits) filled() Limits {
	fill(&l.Answer, 2*time.Minute)
	fill(&l.TimerC, 3*time.Minute)
	fill(&l.GiveUp, 32*time.Second)
	fill(&l.Drain, 1500*time.Millisecond)
	fill(&l.Calls, 20_000)
	fill(&l.TCP.Total, 4096)
	fill(&l.TCP.PerSource, 1024)
	fill(&l.TCP.First, 10*time.Second)
	fill(&l.TCP.Idle, 2*maxExpires*time.Second)
	return l
}
