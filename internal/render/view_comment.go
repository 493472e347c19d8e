package render

import (
	"html/template"

	"warta/internal/page"
)

// ModuleComments is what readers say below a story. Parameter: the story's id.
// View: Comments. A story whose discussion is off leaves no hole for it.
const ModuleComments = "comments"

// Talk leaves the hole for what readers say, if there is a discussion.
func (p StoryPage) Talk() template.HTML {
	if !p.Discussed {
		return ""
	}
	return p.leave(page.Hole{Module: ModuleComments, Params: p.Key})
}

// Comments is a page of the threads below a story, with the form to write.
type Comments struct {
	Lang  string
	Story string // id
	N     int    // comments that can be read
	Last  string // id of the newest one
	// Shut says why nobody can write now; empty: there is a form.
	Shut  string
	Plans string // address about membership, where members alone write; else empty
	Max   int    // characters of a comment
	// Sorts are the orders with their addresses; the chosen one has none.
	Sorts   []Link
	Threads []Comment
	More    string // address of the next page
}

// Comment is one comment in its thread.
type Comment struct {
	ID     string
	Thread string // id of what begins the thread
	By     string // number of the reader who wrote it; empty: the newsroom, or nobody any more
	Name   string
	Staff  bool
	Picked bool
	Edited bool
	Text   string
	Gone   string // why there is no text; everything but Time is empty then
	Time   Time
	// Answering is whom it answers, if that is not who began the thread.
	Answering string
	Reactions []CommentReaction
	Open      bool // it can be answered
	Replies   []Comment
	More      string // address of further replies
	MoreN     int    // how many there are
}

// CommentReaction is a word that readers say to a comment.
type CommentReaction struct {
	Kind string // "agree"
	N    int
}

// CommentsPage is a page of threads, or of one thread, by itself.
type CommentsPage struct {
	Shell
	Headline string
	Back     string // path of the story
	One      bool   // a thread, not all of them
	Comments Comments
}

// CommentBase is what the pages have that one reader gets about comments.
type CommentBase struct {
	Story    string
	Headline string
	Back     string // path of the story
	Longest  int    // characters of a comment
	Plans    string // as in Comments
}

// CommentFormPage takes a comment, or an answer to one, from whoever has no
// script, and gives back what could not be taken.
type CommentFormPage struct {
	Account
	CommentBase
	ReplyTo string   // id of the comment that is answered
	Parent  *Comment // that comment
	Edit    string   // id of the comment that is changed
	Text    string
	SignIn  string // address to sign in at; empty: somebody is
}

// Template implements AccountPage.
func (CommentFormPage) Template() string { return "account-comment-form" }

// CommentReportPage asks what is wrong with a comment.
type CommentReportPage struct {
	Account
	CommentBase
	Comment Comment
	Reasons []string // codes
	Reason  string
	Text    string
	Max     int
	Done    bool
	Mute    bool // somebody is signed in who can mute the author
}

// Template implements AccountPage.
func (CommentReportPage) Template() string { return "account-comment-report" }

// OwnComment is a comment as its author sees it.
type OwnComment struct {
	Comment
	State    string // code of what became of it
	Why      string // in words
	Note     string // what the moderator says
	Headline string
	URL      string // where readers see it; empty: nowhere
	Until    string // till when it can be changed; empty: not any more
	Delete   bool   // it can be taken away
}

// OwnCommentPage says what became of one comment of the reader's.
type OwnCommentPage struct {
	Account
	CommentBase
	Own   OwnComment
	Twice bool // asks again before it is deleted
}

// Template implements AccountPage.
func (OwnCommentPage) Template() string { return "account-comment" }

// CommenterNotice is what a reader is told.
type CommenterNotice struct {
	Text string
	URL  string
	Note string
	Time Time
	New  bool
}

// MutedReader is somebody whom the reader does not want to read.
type MutedReader struct {
	ID   string
	Name string
}

// OwnCommentsPage lists a reader's own comments, his notices and whom he muted.
type OwnCommentsPage struct {
	Account
	List    []OwnComment
	More    string
	Notices []CommenterNotice
	Muted   []MutedReader
	Quiet   string // why he may not write now
	// What he wants.
	Tell, Digest, Forget bool
}

// Template implements AccountPage.
func (OwnCommentsPage) Template() string { return "account-comments" }

// LettersPage ends letters by a link that they carry.
type LettersPage struct {
	Account
	Key  string
	Done bool
}

// Template implements AccountPage.
func (LettersPage) Template() string { return "account-letters" }

// Comments prints ModuleComments.
func (r *Renderer) Comments(v *Comments) ([]byte, error) { return r.module("comments", v.Lang, v) }

// Comment prints one comment, for a script that puts it into its place.
func (r *Renderer) Comment(language string, v *Comment) ([]byte, error) {
	return r.module("comment", language, v)
}

// CommentsPage prints a page of threads.
func (r *Renderer) CommentsPage(v *CommentsPage) (Output, error) {
	return r.page("commentspage", v.Lang, func(h *page.Holes) any { c := *v; c.holes = h; return c })
}
