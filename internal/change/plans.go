package change

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/mergeseal/mergeseal/internal/source"
)

// EmptyText is a text without content, such as "TBD".
type EmptyText struct {
	Path string `json:"path"` // JSON pointer into the record
	Text string `json:"text"`
}

// EmptyPlans lists the texts that stand where a plan or a reason belongs and
// say nothing, in the order of the fields. A text that is absent is not here:
// whether it had to be there is another question.
func EmptyPlans(r *Record) []EmptyText {
	var out []EmptyText
	item := func(pointer, text string) {
		if contentless(text) {
			out = append(out, EmptyText{pointer, text})
		}
	}
	given := func(pointer, text string) {
		if text != "" {
			item(pointer, text)
		}
	}
	list := func(pointer string, texts []string) {
		for i, text := range texts {
			item(source.Item(pointer, i), text)
		}
	}
	given("/reason", r.Reason)
	for i, s := range r.ImplementationPlan {
		item(source.Item("/implementation_plan", i)+"/do", s.Do)
	}
	if p := r.TestPlan; p != nil {
		list("/test_plan/before", p.Before)
		list("/test_plan/after", p.After)
	}
	if p := r.RollbackPlan; p != nil {
		given("/rollback_plan/trigger", p.Trigger)
		list("/rollback_plan/steps", p.Steps)
		given("/rollback_plan/verify", p.Verify)
		if p.Rehearsed != nil {
			given("/rollback_plan/rehearsed/evidence", p.Rehearsed.Evidence)
		}
		given("/rollback_plan/justification", p.Justification)
	}
	if p := r.CommunicationPlan; p != nil {
		list("/communication_plan/audience", p.Audience)
		given("/communication_plan/text", p.Text)
	}
	if x := r.FreezeException; x != nil {
		given("/freeze_exception/reason", x.Reason)
	}
	for i, x := range r.CollisionsAccepted {
		given(source.Item("/collisions_accepted", i)+"/reason", x.Reason)
	}
	if x := r.Emergency; x != nil {
		given("/emergency/why", x.Why)
	}
	if x := r.Hold; x != nil {
		given("/hold/reason", x.Reason)
	}
	if x := r.Canceled; x != nil {
		given("/canceled/reason", x.Reason)
	}
	return out
}

// fillers are whole answers that say nothing, in the form of normal. Most are
// taken from the rollback questions of Kubernetes' enhancement proposals.
const fillers = "|tbd|t b d|tba|tbc|todo|to do|to be done|to be defined|to be determined|to be decided|to be added|to be confirmed|to be written|to be filled in|to be announced" +
	"|fixme|wip|work in progress|pending|later|soon|coming soon|to follow|will follow|will be added|will be added later|not yet|not yet decided|not yet known|not at this time" +
	"|na|not applicable|not available|not needed|not required|not relevant|not necessary|unnecessary|none|none needed|none required|nothing|nothing special|nothing to do|nil|null|no|yes|ok|okay|done|unknown|dont know|i dont know|no idea" +
	"|as usual|as always|as before|as above|as expected|as needed|as required|as planned|same|same as above|same as before|same as usual|same as last time|the same|ditto|idem|usual|the usual|business as usual|standard|standard procedure|standard process|default" +
	"|see above|see below|see title|see description|see summary|see reason|see comment|see comments|see thread|see slack|see chat|see email|see attachment|see attached|see doc|see docs|see document|see documentation|see wiki|see confluence|see notes" +
	"|placeholder|dummy|example|sample|lorem ipsum|foo|bar|baz|asdf|qwerty|blah|test|xxx|self explanatory|obvious|various|etc|misc|stuff|"

var (
	// pointing is a reference that stands alone: a reader would have to leave
	// the record, and what they find there can change after the approval.
	pointing = regexp.MustCompile(`^(please )?(see|cf|refer to|check|per|as per|as in|described in|documented in|follow|in) (the |our |my |this |that |linked |attached |original |parent )*` +
		`(ticket|tickets|issue|jira|pr|pull request|mr|merge request|story|epic|task|card|incident|change|cr|rfc|request|link|links|bug)( (number|no|id))?( ([a-z]+ )?[a-z]*[0-9]+[a-z0-9]*( [0-9]+)?)?$` +
		`|^(please )?(see|cf|refer to|per|as per) [a-z]+ [0-9]+( [0-9]+)?$|^(please )?(see|cf|refer to|per|as per) [0-9]+$`)
	// excused is a filler with a few words of excuse behind it.
	excused = regexp.MustCompile(`^(tbd|tba|tbc|todo|fixme|na|not applicable)( [^ ]+){1,7}$`)
	// apart ends one thought of an answer that strings fillers together.
	apart = regexp.MustCompile(`[.,;:!?()/\n|–—]+|\s-+\s`)
	// initials joins n/a, N.A. and the like before they would fall apart.
	initials = regexp.MustCompile(`(?i)\bn\s?[/.\\]\s?a\b|\bn\s?/\s?a\b`)
)

// contentless reports whether a text says nothing. Short is not empty:
// "Revert" is an answer.
func contentless(text string) bool {
	if strings.ContainsAny(text, `/.\`) {
		text = initials.ReplaceAllString(text, "na")
	}
	whole := normal(text)
	if filler(whole) || points(whole) || excuses(whole) || monotone(whole) {
		return true
	}
	for rest, more := text, true; more; {
		part := rest
		if at := apart.FindStringIndex(rest); at != nil {
			part, rest = rest[:at[0]], rest[at[1]:]
		} else {
			more = false
		}
		if p := normal(part); !filler(p) && !points(p) {
			return false
		}
	}
	return true
}

// points and excuses look at the first word before the whole: the expressions
// are slow, and hardly a text begins in their way.
func points(normal string) bool {
	switch first, _, _ := strings.Cut(normal, " "); first {
	case "please", "see", "cf", "refer", "check", "per", "as", "described", "documented", "follow", "in":
		return pointing.MatchString(normal)
	}
	return false
}

func excuses(normal string) bool {
	switch first, _, _ := strings.Cut(normal, " "); first {
	case "tbd", "tba", "tbc", "todo", "fixme", "na", "not":
		return excused.MatchString(normal)
	}
	return false
}

func filler(normal string) bool {
	return normal == "" || !strings.Contains(normal, "|") && strings.Contains(fillers, "|"+normal+"|")
}

// normal is a text in lower case with single spaces in place of whatever is
// neither letter nor digit; apostrophes vanish.
func normal(text string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(text) {
		switch {
		case r == '\'' || r == '’':
		case unicode.In(r, unicode.L, unicode.M, unicode.N):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		default:
			gap = true
		}
	}
	return b.String()
}

// monotone holds for one sign, or the same one again and again. A single
// ideograph can be a word; a single Latin letter or digit is none.
func monotone(normal string) bool {
	first := rune(0)
	for i, r := range normal {
		if i == 0 {
			first = r
		}
		if r != first || r >= 0x2E80 {
			return false
		}
	}
	return true
}
