package cli

import "time"

// checkOptions are the flags of check.
type checkOptions struct {
	Paths      []string
	Base, Head string
	PolicyDirs []string
	Evidence   string
	Timeout    time.Duration
	Out        output

	PR           int64
	Publish      bool
	SaveEvidence string
	Forge        forgeFlags
	baseRef      string // of a replay: the branch that Base was the tip of
}

// forge reports whether a forge is asked.
func (o *checkOptions) forge() bool {
	return o.Evidence == "" && (o.PR != 0 || o.Publish || o.SaveEvidence != "")
}

// refused finds flags that contradict each other.
func (o *checkOptions) refused(changed func(string) bool) error {
	switch {
	case changed("base") && o.Base == "" || changed("head") && o.Head == "":
		return usagef("--base and --head want a revision: an empty one is often a variable that was never set")
	case o.Timeout <= 0:
		return usagef("--policy-timeout %s: give a time above zero", o.Timeout)
	case changed("pr") && o.PR <= 0:
		return usagef("--pr wants the number of a pull request")
	case o.Publish && len(o.PolicyDirs) > 0:
		return usagef("--policy-dir tries rules that are not in force: what they say is not published")
	case o.Evidence != "" && (o.Publish || o.SaveEvidence != ""):
		return usagef("--evidence judges what was said before: --publish and --save-evidence ask the forge")
	case o.forge() && (len(o.Paths) > 0 || changed("base") || changed("head")):
		return usagef("a pull request is judged whole: its base and head are the forge's")
	}
	return nil
}
