package github

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/mergeseal/mergeseal/internal/field"
)

// authorsQuery asks for what REST does not tell: the accounts behind
// Co-authored-by trailers, whatever address they name:
// https://docs.github.com/en/graphql/reference/objects#commit
const authorsQuery = `query($owner:String!,$name:String!,$number:Int!,$after:String){repository(owner:$owner,name:$name){pullRequest(number:$number){` +
	`commits(first:100,after:$after){pageInfo{hasNextPage endCursor} nodes{commit{authors(first:100){nodes{email user{login}}}}}}}}}`

// authorsAnswer is what comes back.
type authorsAnswer struct {
	Errors []struct{} `json:"errors"`
	Data   struct {
		Repository *struct {
			PullRequest *struct {
				Commits struct {
					PageInfo struct {
						HasNextPage bool   `json:"hasNextPage"`
						EndCursor   string `json:"endCursor"`
					} `json:"pageInfo"`
					Nodes []struct {
						Commit struct {
							Authors struct {
								Nodes []struct {
									Email string   `json:"email"`
									User  *account `json:"user"`
								} `json:"nodes"`
							} `json:"authors"`
						} `json:"commit"`
					} `json:"nodes"`
				} `json:"commits"`
			} `json:"pullRequest"`
		} `json:"repository"`
	} `json:"data"`
}

// coAuthors adds to what is known of addresses. It is asked only where a
// trailer names a strange one. Where GraphQL is refused, or answers with
// errors, nothing is added: half an answer is none (T111).
func (g *gathering) coAuthors(ctx context.Context, known map[string]field.Login) error {
	found := map[string]field.Login{}
	variables := map[string]any{"owner": g.repo.Owner, "name": g.repo.Name, "number": g.pr.Number}
	for n := 1; ; n++ {
		if n > maxPages {
			return fmt.Errorf("POST /graphql: %w: the list goes on after %d pages", ErrTooMany, maxPages)
		}
		a, err := g.ask(ctx, request{method: http.MethodPost, path: graphql, wantJSON: true, harmless: true,
			body: map[string]any{"query": authorsQuery, "variables": variables}})
		if refused(err) {
			return nil
		}
		if err != nil {
			return err
		}
		var got authorsAnswer
		if err := decode(a, &got); err != nil || len(got.Errors) > 0 || got.Data.Repository == nil || got.Data.Repository.PullRequest == nil {
			return nil // as if it were refused: the gap says so
		}
		commits := got.Data.Repository.PullRequest.Commits
		for _, k := range commits.Nodes {
			for _, one := range k.Commit.Authors.Nodes {
				if who, err := one.User.login(); err != nil {
					return err
				} else if who != nil {
					found[strings.ToLower(one.Email)] = *who
				}
			}
		}
		if !commits.PageInfo.HasNextPage {
			break
		}
		variables["after"] = commits.PageInfo.EndCursor
	}
	for address, who := range found {
		if _, ok := known[address]; !ok {
			known[address] = who
		}
	}
	return nil
}
