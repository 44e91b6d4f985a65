package mail

import (
	"time"

	"github.com/marelan/telaah/internal/locale"
)

// Leave is the delegation that a mail tells of: who stands in for whom, on which days. It knows no kind of leave and no reason.
type Leave struct {
	Delegator   string
	Delegate    string
	From, Until time.Time // days, both included
	OfReader    bool      // the reader is the delegator
}

// said picks the sentence for the side on which the reader stands.
func (l Leave) said(lang locale.Lang, key string) string {
	side := ".delegate"
	if l.OfReader {
		side = ".delegator"
	}
	return lang.Text(key+side, map[string]any{
		"delegator": l.Delegator, "delegate": l.Delegate, "from": lang.Date(l.From), "until": lang.Date(l.Until),
	})
}
