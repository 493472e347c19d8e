package writing_test

import (
	"net/http"
	"testing"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

func TestWhoMayReadAndWriteWhat(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	owner := s.Staffer(account.Reporter)
	id := written(t, owner, news.Content{SectionID: s.Section("ekonomi")})
	desk := account.Grant{SectionID: s.Section("ekonomi"), Role: account.Editor}
	other := account.Grant{SectionID: s.Section("bola"), Role: account.Editor}
	const ok, no, gone = http.StatusOK, http.StatusForbidden, http.StatusNotFound
	tests := []struct {
		name        string
		who         *testkit.Staffer
		read, write int
	}{
		{"the one whose it is reads and writes", owner, ok, ok},
		{"another reporter reads", s.Staffer(account.Reporter), ok, no},
		{"another contributor sees nothing", s.Staffer(account.Contributor), no, no},
		{"a contributor who edits this desk reads and writes", s.Staffer(account.Contributor, desk), ok, ok},
		{"a contributor who edits another desk sees nothing", s.Staffer(account.Contributor, other), no, no},
		{"an editor reads and writes", s.Staffer(account.Editor), ok, ok},
		{"a moderator sees nothing", s.Staffer(account.Moderator), no, no},
		{"somebody of the advertising side sees nothing", s.Staffer(account.Commercial), no, no},
		{"the owner of the site reads and writes", s.Staffer(account.Owner), ok, ok},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, path := range []string{"", "/draft", "/preview", "/preview?what=card", "/preview?what=share", "/preview?what=drawn", "/versions", "/compare", "/check"} {
				if res := tt.who.Open(at(id, path)); res.StatusCode != tt.read {
					t.Errorf("GET %s: %d, want %d", path, res.StatusCode, tt.read)
				}
			}
			if res := tt.who.Send("POST", at(id, "/presence"), nil, "Warta-Tab", "tab1"); res.StatusCode != tt.read {
				t.Errorf("presence: %d, want %d", res.StatusCode, tt.read)
			}
			status, _ := ask(t, tt.who, "POST", id, "", saving{"base": 1, "fields": map[string]any{"rights": "AFP"}})
			if status != tt.write {
				t.Errorf("save: %d, want %d", status, tt.write)
			}
			for path, form := range map[string][]string{"/restore": {"no", "1"}, "/guest": {"days", "3"}, "/guest/end": nil, "/conflicts/1": nil} {
				want := tt.write
				switch {
				case want == ok && path == "/restore":
					want = gone // there is no version yet
				case want == ok && path != "/guest":
					want = http.StatusSeeOther
				}
				if res := tt.who.Post(at(id, path), form...); res.StatusCode != want {
					t.Errorf("POST %s: %d, want %d", path, res.StatusCode, want)
				}
			}
		})
	}
	t.Run("nobody who is not signed in learns anything", func(t *testing.T) {
		for _, path := range []string{"", "/draft", "/preview", "/versions", "/compare", "/check", "/stream"} {
			res := s.Get(at(id, path), "Accept", "application/json")
			if res.StatusCode != http.StatusUnauthorized {
				t.Errorf("GET %s: %d, want 401", path, res.StatusCode)
			}
		}
	})
	t.Run("a story that is not there is not found", func(t *testing.T) {
		for _, path := range []string{"", "/draft", "/preview", "/versions", "/compare", "/check", "/versions/1", "/stream"} {
			if res := owner.Open(at(4711, path)); res.StatusCode != http.StatusNotFound {
				t.Errorf("GET %s: %d, want 404", path, res.StatusCode)
			}
		}
	})
}
