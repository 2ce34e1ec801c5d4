package forgetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of a check run, https://docs.github.com/en/rest/checks/runs#create-a-check-run
const (
	maxAnnotations = 50    // "limits the number of annotations to a maximum of 50 per API request"
	maxOutput      = 65535 // "Maximum 65535 characters", for summary and text; titles are held to it as well
)

// checkBody is what is sent; what is absent is nil.
type checkBody struct {
	Name        *string
	HeadSHA     string `json:"head_sha"`
	Status      *string
	Conclusion  *string
	ExternalID  *string    `json:"external_id"`
	DetailsURL  *string    `json:"details_url"`
	StartedAt   *time.Time `json:"started_at"`
	CompletedAt *time.Time `json:"completed_at"`
	Output      *struct {
		Title, Summary, Text *string
		Annotations          []json.RawMessage
	}
}

// apply puts a body's facts into a check run, or says what GitHub would.
func (k *Check) apply(in *checkBody, now time.Time) *answer {
	refuse := func(field, message string) *answer {
		a := invalid("CheckRun", field, message)
		return &a
	}
	next := *k
	for to, from := range map[*string]*string{&next.Name: in.Name, &next.Status: in.Status, &next.ExternalID: in.ExternalID, &next.DetailsURL: in.DetailsURL} {
		if from != nil {
			*to = *from
		}
	}
	if in.Conclusion != nil {
		// "Providing conclusion will automatically set the status parameter to completed."
		next.Conclusion, next.Status = *in.Conclusion, "completed"
	} else if in.Status != nil && *in.Status == "completed" && k.Conclusion == "" {
		// "Required if you provide completed_at or a status of completed."
		return refuse("conclusion", "a completed check run needs a conclusion")
	} else if in.CompletedAt != nil && k.Conclusion == "" {
		return refuse("conclusion", "completed_at needs a conclusion")
	} else if in.Status != nil && *in.Status != "completed" {
		next.Conclusion = ""
	}
	if in.DetailsURL != nil && !strings.HasPrefix(*in.DetailsURL, "http://") && !strings.HasPrefix(*in.DetailsURL, "https://") {
		return refuse("details_url", "details_url must use http or https scheme")
	}
	if o := in.Output; o != nil {
		for name, text := range map[string]*string{"title": o.Title, "summary": o.Summary, "text": o.Text} {
			if text != nil && utf8.RuneCountInString(*text) > maxOutput {
				return refuse(name, fmt.Sprintf("%s is too long (maximum is %d characters)", name, maxOutput))
			}
		}
		if len(o.Annotations) > maxAnnotations {
			return refuse("annotations", fmt.Sprintf("No more than %d items are allowed", maxAnnotations))
		}
		for to, from := range map[*string]*string{&next.Title: o.Title, &next.Summary: o.Summary, &next.Text: o.Text} {
			if from != nil {
				*to = *from
			}
		}
		// "To create more than 50 annotations, you have to make multiple requests
		// to the Update a check run endpoint. Each time you update the check run,
		// annotations are appended to the list."
		next.Annotations = append(append([]json.RawMessage{}, k.Annotations...), o.Annotations...)
	}
	if in.StartedAt != nil {
		next.StartedAt = *in.StartedAt
	}
	if in.CompletedAt != nil {
		next.CompletedAt = *in.CompletedAt
	}
	if next.Status == "completed" {
		instant(&next.CompletedAt, now)
	}
	*k = next
	return nil
}

func (s *Server) checkView(r *Repo, k *Check) any {
	text := func(t string) any {
		if t == "" {
			return nil
		}
		return t
	}
	m := map[string]any{
		"id": k.ID, "name": k.Name, "head_sha": k.SHA, "status": k.Status, "conclusion": text(k.Conclusion), "external_id": k.ExternalID,
		"details_url": text(k.DetailsURL), "html_url": fmt.Sprintf("%s/%s/runs/%d", s.URL(), r.Name, k.ID), "url": fmt.Sprintf("%s/repos/%s/check-runs/%d", s.API(), r.Name, k.ID),
		"started_at": k.StartedAt, "completed_at": nil, "check_suite": map[string]any{"id": k.App*1000 + 1}, "app": nil, "pull_requests": []any{},
		"output": map[string]any{"title": text(k.Title), "summary": text(k.Summary), "text": text(k.Text), "annotations_count": len(k.Annotations)},
	}
	if k.Status == "completed" {
		m["completed_at"] = k.CompletedAt
	}
	if a := s.st.App(k.App); a != nil {
		m["app"] = s.appView(a)
	}
	return m
}

func createCheck(c *call) answer {
	var in checkBody
	c.into(&in)
	if !c.s.has(c.repo, in.HeadSHA) {
		return failed(http.StatusUnprocessableEntity, "No commit found for SHA: "+in.HeadSHA)
	}
	k := &Check{SHA: in.HeadSHA, App: c.who.app.ID, Status: "queued", StartedAt: c.s.now}
	if refused := k.apply(&in, c.s.now); refused != nil {
		return *refused
	}
	k.ID = c.st.id()
	c.repo.Checks = append(c.repo.Checks, k)
	return created(c.s.checkView(c.repo, k))
}

func onCheck(do func(*call, *Check) answer) func(*call) answer {
	return func(c *call) answer {
		for _, k := range c.repo.Checks {
			if k.ID == c.number("check_run_id") {
				return do(c, k)
			}
		}
		return notFound()
	}
}

func getCheck(c *call, k *Check) answer { return ok(c.s.checkView(c.repo, k)) }

// updateCheck is for the App that made the check run alone.
// https://docs.github.com/en/rest/checks/runs#update-a-check-run
func updateCheck(c *call, k *Check) answer {
	if c.who.app.ID != k.App {
		return failed(http.StatusForbidden, fmt.Sprintf("Invalid app_id `%d` - check run can only be modified by the GitHub App that created it.", c.who.app.ID))
	}
	var in checkBody
	c.into(&in)
	if refused := k.apply(&in, c.s.now); refused != nil {
		return *refused
	}
	return ok(c.s.checkView(c.repo, k))
}

func listAnnotations(c *call, k *Check) answer {
	var out []any
	for _, raw := range k.Annotations {
		m := map[string]any{"start_column": nil, "end_column": nil, "raw_details": nil, "title": nil}
		_ = json.Unmarshal(raw, &m) // the description was held against it
		out = append(out, m)
	}
	return listed(out, nil)
}

// listChecks has, by default, the latest of each App and name, newest first.
// https://docs.github.com/en/rest/checks/runs#list-check-runs-for-a-git-reference
func listChecks(c *call) answer {
	sha := c.s.resolve(c.repo, c.params["ref"])
	if sha == "" {
		return failed(http.StatusUnprocessableEntity, "No commit found for SHA: "+c.params["ref"])
	}
	seen := map[string]bool{}
	var out []any
	for i := len(c.repo.Checks) - 1; i >= 0; i-- {
		k := c.repo.Checks[i]
		key := fmt.Sprint(k.App, "/", k.Name)
		if k.SHA != sha || differs(c.query.Get("check_name"), k.Name) || differs(c.query.Get("app_id"), fmt.Sprint(k.App)) || differs(c.query.Get("status"), k.Status) {
			continue
		}
		if c.query.Get("filter") != "all" && seen[key] {
			continue
		}
		seen[key] = true
		out = append(out, c.s.checkView(c.repo, k))
	}
	return listed(out, func(page []any) any { return map[string]any{"total_count": len(out), "check_runs": page} })
}
