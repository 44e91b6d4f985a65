package api

import (
	"math"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/appraisal"
)

// Rates are how many requests a minute are carried out for one person and for one network; 0 stands for no limit. They hold for
// each process by itself, which is enough against somebody's program that has run wild; those who must not guess, such as at the
// sign-in, are counted in the record as well.
type Rates struct {
	Person  int
	Network int
}

// mostMetered bounds how many people and networks a process keeps apart; whoever comes beyond shares one allowance.
const mostMetered = 50_000

// meter counts requests: everybody has an allowance of a minute's requests, which fills up again steadily.
type meter struct {
	perMinute float64

	mu      sync.Mutex
	buckets map[string]*bucket
	cleared time.Time
}

type bucket struct {
	left float64
	at   time.Time
}

// newMeter returns nil, which lets everything through, where there is no limit.
func newMeter(perMinute int) *meter {
	if perMinute <= 0 {
		return nil
	}
	return &meter{perMinute: float64(perMinute), buckets: map[string]*bucket{}}
}

// take uses up one request and returns 0, or returns how long whoever it is has to wait for the next.
func (m *meter) take(who string, now time.Time) time.Duration {
	if m == nil {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if now.Sub(m.cleared) > time.Minute {
		m.clear(now)
	}
	b, known := m.buckets[who]
	if !known {
		if len(m.buckets) >= mostMetered {
			who = ""
		}
		if b = m.buckets[who]; b == nil {
			b = &bucket{left: m.perMinute, at: now}
			m.buckets[who] = b
		}
	}
	perSecond := m.perMinute / 60
	b.left = min(m.perMinute, b.left+max(0, now.Sub(b.at).Seconds())*perSecond)
	b.at = now
	if b.left < 1 {
		return time.Duration((1 - b.left) / perSecond * float64(time.Second))
	}
	b.left--
	return 0
}

// clear forgets those whose allowance is whole again.
func (m *meter) clear(now time.Time) {
	m.cleared = now
	for who, b := range m.buckets {
		if now.Sub(b.at) > time.Minute {
			delete(m.buckets, who)
		}
	}
}

// fastNetwork stops a network that asks too much, before anything is done for it. This machine's own requests are not counted.
func (e *engine) fastNetwork(c *gin.Context) {
	from := session.Network(c.Request.Context())
	if a, err := netip.ParseAddr(from); err == nil && a.IsLoopback() || from == loopback6 {
		return
	}
	wait := e.networks.take(from, time.Now())
	if wait > 0 { // what was typed is given back, but not whatever size it has
		limit(0)(c)
	}
	e.slowDown(c, wait)
}

// loopback6 is how network writes ::1.
const loopback6 = "::/64"

// fastPerson stops a person who asks too much.
func (e *engine) fastPerson(c *gin.Context) {
	if id := session.Actor(c.Request.Context()).ID; id != "" {
		e.slowDown(c, e.persons.take(string(id), time.Now()))
	}
}

func (e *engine) slowDown(c *gin.Context, wait time.Duration) {
	if wait <= 0 {
		return
	}
	seconds := int(math.Ceil(wait.Seconds()))
	c.Abort()
	c.Header("Retry-After", strconv.Itoa(seconds))
	e.fault(c, appraisal.Fault(appraisal.CodeTooMany, "error.too_fast", map[string]any{"seconds": seconds}))
}
