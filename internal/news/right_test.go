package news

import (
	"testing"

	"warta/internal/account"
)

func TestMay(t *testing.T) {
	t.Parallel()
	w := &World{Tree: NewTree([]Section{{ID: 1, Slug: "global"}, {ID: 2, ParentID: 1, Slug: "asia"}, {ID: 3, Slug: "bola"},
		{ID: 4, Slug: "dunia", MovedTo: 1}})}
	user := func(role account.Role, grants ...account.Grant) account.Actor {
		return account.Actor{ID: 7, Role: role, Grants: grants}
	}
	editsGlobal := account.Grant{SectionID: 1, Role: account.Editor}
	asia, bola := Story{ID: 1, SectionID: 2, OwnerID: 9}, Story{ID: 2, SectionID: 3, OwnerID: 9}
	own, given := Story{ID: 3, SectionID: 3, OwnerID: 7}, Story{ID: 4, SectionID: 3, OwnerID: 9, AssigneeID: 7}
	handed, nowhere := Story{ID: 5, SectionID: 3, AssignedTo: 2}, Story{ID: 6}
	for _, tt := range []struct {
		name     string
		who      account.Actor
		can      account.Capability
		story    Story
		sections []int64
		want     bool
	}{
		{"an editor of the site writes anywhere", user(account.Editor), account.WriteAny, bola, nil, true},
		{"a reporter does not write what is not his", user(account.Reporter), account.WriteAny, bola, nil, false},
		{"nor is it his own", user(account.Reporter), account.WriteOwn, bola, nil, false},
		{"his own is", user(account.Reporter), account.WriteOwn, own, nil, true},
		{"and what was given to him", user(account.Contributor), account.WriteOwn, given, nil, true},
		{"a moderator writes not even that", user(account.Moderator), account.WriteOwn, given, nil, false},
		{"a desk's editor writes below his desk", user(account.Reporter, editsGlobal), account.WriteAny, asia, nil, true},
		{"and not beside it", user(account.Reporter, editsGlobal), account.WriteAny, bola, nil, false},
		{"he publishes below his desk", user(account.Reporter, editsGlobal), account.Publish, asia, nil, true},
		{"and not what moves out of it", user(account.Reporter, editsGlobal), account.Publish, asia, []int64{3}, false},
		{"the section that it has already takes nothing away", user(account.Reporter, editsGlobal), account.Publish, asia, []int64{2}, true},
		{"nor what is his own elsewhere", user(account.Reporter, editsGlobal), account.Publish, own, nil, false},
		{"what was handed to his desk he writes", user(account.Reporter, editsGlobal), account.WriteAny, handed, nil, true},
		{"reads", user(account.Contributor, editsGlobal), account.ReadAny, handed, nil, true},
		{"and does not publish", user(account.Reporter, editsGlobal), account.Publish, handed, nil, false},
		{"a contributor does not read others'", user(account.Contributor), account.ReadAny, bola, nil, false},
		{"but his own", user(account.Contributor), account.ReadAny, own, nil, true},
		{"a story without a section belongs to the whole site's editors", user(account.Editor), account.Approve, nowhere, nil, true},
		{"and to no desk", user(account.Reporter, editsGlobal), account.Approve, nowhere, nil, false},
		{"own work of a desk's reporter stays in his desk", user(account.Moderator, account.Grant{SectionID: 1, Role: account.Reporter}),
			account.WriteOwn, own, []int64{2}, true},
		{"and does not move out of it", user(account.Moderator, account.Grant{SectionID: 1, Role: account.Reporter}),
			account.WriteOwn, Story{ID: 8, SectionID: 2, OwnerID: 7}, []int64{3}, false},
		{"a section that is not there is nobody's desk", user(account.Reporter, editsGlobal), account.Publish, asia, []int64{99}, false},
		{"a desk that was given up lives on in the one that took over", user(account.Reporter, account.Grant{SectionID: 4, Role: account.Editor}),
			account.Publish, asia, nil, true},
		{"a story that still names it is its heir's", user(account.Reporter, editsGlobal), account.Publish, Story{ID: 9, SectionID: 4}, nil, true},
		{"the program itself may", account.System("clock"), account.Withdraw, bola, []int64{99}, true},
		{"nobody may nothing", account.Actor{}, account.ReadAny, Story{}, nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if err := w.May(tt.who, tt.can, &tt.story, tt.sections...); (err == nil) != tt.want {
				t.Errorf("got %v, want allowed %v", err, tt.want)
			}
		})
	}
}

func TestActsAreThoseThatWouldWork(t *testing.T) {
	t.Parallel()
	w := &World{Tree: NewTree([]Section{{ID: 1, Slug: "bola"}})}
	acts := func(r *Record, role account.Role) map[Act]bool {
		out := map[Act]bool{}
		for _, a := range r.Acts(w, account.Actor{ID: 7, Role: role}) {
			out[a] = true
		}
		return out
	}
	draft := &Draft{Seq: 1, Content: Content{Headline: "Laga", SectionID: 1}}
	fresh := &Record{Story: Story{ID: 1, Status: Unpublished, Stage: StageDraft, SectionID: 1, OwnerID: 7}, Draft: draft}
	got := acts(fresh, account.Reporter)
	if !got[ActSave] || !got[ActSubmit] || !got[ActAssign] || got[ActPublish] || got[ActApprove] || got[ActWithdraw] || got[ActTakeBack] {
		t.Errorf("a reporter's own draft: %v", got)
	}
	if got := acts(fresh, account.Contributor); got[ActSubmit] || !got[ActSave] {
		t.Errorf("a contributor's own draft: %v", got)
	}
	live := &Record{Story: Story{ID: 1, Status: Live, LiveNo: 1, LastNo: 1, SectionID: 1, OwnerID: 7}, Live: &Version{No: 1, Content: draft.Content}}
	live.Story.FirstPublished = live.Story.FirstPublished.AddDate(2000, 0, 0)
	got = acts(live, account.Editor)
	if got[ActPublish] || !got[ActCorrect] || !got[ActBanner] || got[ActWithdraw] || !got[ActRestore] {
		t.Errorf("an editor and a live story: %v", got)
	}
	if !acts(live, account.ManagingEditor)[ActWithdraw] {
		t.Error("a managing editor withdraws")
	}
	gone := &Record{Story: Story{ID: 1, Status: Withdrawn, LastNo: 1, SectionID: 1, FirstPublished: live.Story.FirstPublished}, Draft: draft}
	if acts(gone, account.Editor)[ActPublish] || !acts(gone, account.ManagingEditor)[ActPublish] {
		t.Error("a withdrawn story comes back by who may withdraw")
	}
}
