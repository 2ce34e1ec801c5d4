package law

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	rrule "github.com/teambition/rrule-go"

	"github.com/mergeseal/mergeseal/internal/diag"
)

// Limits of one rule, so that no question to it can cost much.
const (
	maxRRule  = 512  // bytes
	maxSteps  = 1000 // INTERVAL and COUNT
	maxStarts = 24   // a day
)

// ruleParts are the parts of RFC 5545, 3.3.10 that are read. BYSECOND is none:
// nothing of a calendar of changes happens by the second.
var ruleParts = []string{"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYHOUR", "BYMINUTE", "BYSETPOS", "WKST"}

var byDayForm = regexp.MustCompile(`^([+-]?[1-9]\d?)?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[1-9]\d?)?(MO|TU|WE|TH|FR|SA|SU))*$`)

const ruleHint = `write an RRULE of RFC 5545, such as "FREQ=WEEKLY;BYDAY=FR" or "FREQ=MONTHLY;BYDAY=-1FR"`

func badRule(hint, format string, args ...any) *diag.Problem {
	return diag.Problemf("MS411", hint, format, args...)
}

// readRRule reads a recurrence rule strictly. UNTIL comes back as it was written.
func readRRule(text string) (o rrule.ROption, until string, p *diag.Problem) {
	text = strings.TrimSuffix(strings.ToUpper(text), ";")
	if text == "" || len(text) > maxRRule {
		return o, "", badRule(ruleHint, "%s is not a rule", diag.Quote(text))
	}
	given := map[string]string{}
	var rest []string
	for _, part := range strings.Split(text, ";") {
		key, value, ok := strings.Cut(part, "=")
		if key == "BYSECOND" || key == "BYEASTER" {
			return o, "", badRule("leave it out", "%s is not read", key)
		}
		if !ok || value == "" || !slices.Contains(ruleParts, key) {
			return o, "", badRule(ruleHint, "%s is no part of a rule", diag.Quote(part))
		}
		if _, twice := given[key]; twice {
			return o, "", badRule("keep one of them", "%s is given twice", key)
		}
		given[key] = value
		if key != "UNTIL" {
			rest = append(rest, part)
		}
	}
	if p := checkParts(given); p != nil {
		return o, "", p
	}
	option, err := rrule.StrToROption(strings.Join(rest, ";"))
	if err == nil {
		option.Dtstart = time.Unix(0, 0).UTC()
		_, err = rrule.NewRRule(*option)
	}
	if err != nil {
		return o, "", badRule(ruleHint, "the rule cannot be read: %s", diag.Quote(err.Error()))
	}
	option.Interval = max(option.Interval, 1)
	return *option, given["UNTIL"], checkRule(option)
}

// checkParts looks at what rrule-go would take without complaint.
func checkParts(given map[string]string) *diag.Problem {
	for _, key := range []string{"INTERVAL", "COUNT"} {
		if text, ok := given[key]; ok {
			if n, err := strconv.Atoi(text); err != nil || n < 1 || n > maxSteps {
				return badRule("write a number from 1 to "+strconv.Itoa(maxSteps), "%s is %s", key, diag.Quote(text))
			}
		}
	}
	if text, ok := given["BYDAY"]; ok && !byDayForm.MatchString(text) {
		return badRule("write days as MO or FR, the last Friday as -1FR", "BYDAY is %s", diag.Quote(text))
	}
	switch f := given["FREQ"]; f {
	case "":
		return badRule(ruleHint, "the rule has no FREQ")
	case "MINUTELY", "SECONDLY":
		return badRule("write HOURLY at the most, better DAILY with a duration", "the rule is %s", f)
	}
	return nil
}

// checkRule holds what RFC 5545 forbids and programs read differently.
func checkRule(o *rrule.ROption) *diag.Problem {
	counted := slices.ContainsFunc(o.Byweekday, func(w rrule.Weekday) bool { return w.N() != 0 })
	days := len(o.Bymonth) + len(o.Byweekno) + len(o.Byyearday) + len(o.Bymonthday) + len(o.Byweekday)
	switch {
	case counted && (o.Freq > rrule.MONTHLY || len(o.Byweekno) > 0):
		return badRule("count weekdays in FREQ=MONTHLY or YEARLY", "the rule counts weekdays, and has nothing to count them in")
	case len(o.Byweekno) > 0 && o.Freq != rrule.YEARLY:
		return badRule("use it with FREQ=YEARLY", "BYWEEKNO belongs to a yearly rule")
	case len(o.Byyearday) > 0 && o.Freq != rrule.YEARLY && o.Freq != rrule.HOURLY:
		return badRule("use it with FREQ=YEARLY", "BYYEARDAY belongs to a yearly rule")
	case len(o.Bymonthday) > 0 && o.Freq == rrule.WEEKLY:
		return badRule("use FREQ=MONTHLY, or DAILY to ask for both", "BYMONTHDAY has no meaning in a weekly rule")
	case len(o.Bysetpos) > 0 && (days+len(o.Byhour)+len(o.Byminute) == 0 || o.Freq == rrule.HOURLY):
		return badRule("name days with BYDAY or BYMONTHDAY beside it", "BYSETPOS has nothing to choose from")
	}
	return nil
}

// alone reports whether a rule needs no first day to count from.
func alone(o *rrule.ROption) bool {
	if o.Interval > 1 || o.Count > 0 {
		return false
	}
	switch o.Freq {
	case rrule.YEARLY:
		return len(o.Byyearday)+len(o.Bymonthday)+len(o.Byweekday)+len(o.Byweekno) > 0
	case rrule.MONTHLY:
		return len(o.Bymonthday)+len(o.Byweekday) > 0
	case rrule.WEEKLY:
		return len(o.Byweekday) > 0
	case rrule.DAILY, rrule.HOURLY, rrule.MINUTELY, rrule.SECONDLY:
	}
	return true
}
