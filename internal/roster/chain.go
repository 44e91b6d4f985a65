package roster

import "strings"

// chain is a set of codes of which each points to at most one other: a unit to its parent, a person to the superior.
type chain struct {
	codes []string
	to    []string
	at    map[string]int
	next  []int // filled by link; -1 where nothing, or nothing that exists, is pointed to
}

func newChain(size int) *chain { return &chain{at: make(map[string]int, size)} }

// add records that code points to next. The first mention of a code counts.
func (c *chain) add(code, next string) {
	if _, twice := c.at[code]; twice || code == "" {
		return
	}
	c.at[code] = len(c.codes)
	c.codes = append(c.codes, code)
	c.to = append(c.to, next)
}

func (c *chain) link() {
	c.next = make([]int, len(c.codes))
	for i, to := range c.to {
		j, ok := c.at[to]
		if !ok {
			j = -1
		}
		c.next[i] = j
	}
}

const (
	unseen = -2
	noEnd  = -1 // the way runs into a loop
)

// walk follows every node to the end of its way in time linear in the nodes. ends holds the last node of each way, noEnd where there
// is none; loops holds the members of every loop in the order in which they point.
func (c *chain) walk() (ends []int, loops [][]int) {
	ends = make([]int, len(c.next))
	onPath := make([]bool, len(c.next))
	for i := range ends {
		ends[i] = unseen
	}
	var path []int
	for start := range c.next {
		path = path[:0]
		node := start
		for ends[node] == unseen && !onPath[node] && c.next[node] >= 0 {
			onPath[node] = true
			path = append(path, node)
			node = c.next[node]
		}
		end := ends[node]
		switch {
		case onPath[node]:
			end = noEnd
			first := len(path) - 1
			for path[first] != node {
				first--
			}
			loops = append(loops, append([]int(nil), path[first:]...))
		case end == unseen:
			end = node
			ends[node] = node
		}
		for _, p := range path {
			ends[p] = end
			onPath[p] = false
		}
	}
	return ends, loops
}

const shownMembers = 6

// describe writes a loop as "A → B → C → A", the middle of a long one left out.
func (c *chain) describe(loop []int) string {
	var b strings.Builder
	for i, n := range loop {
		if i == shownMembers {
			b.WriteString("… → ")
			break
		}
		b.WriteString(printable(c.codes[n]))
		b.WriteString(" → ")
	}
	b.WriteString(printable(c.codes[loop[0]]))
	return b.String()
}
