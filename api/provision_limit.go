package api

import (
	"net/netip"
	"sync"
	"time"

	"dialtone/domain"
)

// How many wrong requests for configurations an address may make in a window, and
// how many addresses are remembered.
const (
	provisionMisses  = 60
	provisionWindow  = time.Minute
	provisionSources = 10_000
)

// misses counts wrong requests by the address they come from, of IPv6 by its first
// 64 bits. What is remembered is bounded: once it is full, everything is forgotten.
type misses struct {
	now   func() time.Time
	mu    sync.Mutex
	since time.Time // when the window began
	count map[netip.Addr]int
}

func newMisses(now func() time.Time) *misses {
	return &misses{now: now, count: map[netip.Addr]int{}}
}

// sourceOf gives what is counted for a remote address.
func sourceOf(remote string) netip.Addr {
	address, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	ip := address.Addr().Unmap().WithZone("")
	if ip.Is6() {
		return netip.PrefixFrom(ip, 64).Masked().Addr()
	}
	return ip
}

// refused tells whether too many requests of a source were wrong.
func (m *misses) refused(source netip.Addr) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	if now.Sub(m.since) >= provisionWindow {
		m.since = now
		clear(m.count)
	}
	if m.count[source] < provisionMisses {
		return nil
	}
	fault := domain.Faultf(domain.Refused, codeTooSoon, "too many requests for configurations that are not there; wait")
	fault.Wait = m.since.Add(provisionWindow).Sub(now)
	return fault
}

// missed counts a wrong request.
func (m *misses) missed(source netip.Addr) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.count) >= provisionSources {
		clear(m.count)
	}
	m.count[source]++
}
