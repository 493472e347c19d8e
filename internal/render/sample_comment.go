package render

// comment is one comment; in a full sample with everything that it may have.
func (v sampleViews) comment() Comment {
	if !v.full {
		return Comment{ID: "1", Thread: "1"}
	}
	return Comment{ID: "7", Thread: "7", By: "3", Name: "Rani Setyawati", Picked: true, Edited: true, Time: v.when(0), Open: true,
		Text:      "Harga beras di pasar kami sudah turun sejak minggu lalu.\n\nSemoga bertahan sampai panen berikutnya.",
		Reactions: []CommentReaction{{"agree", 12}, {"insight", 0}, {"moved", 3}}}
}

func (v sampleViews) comments() Comments {
	if !v.full {
		return Comments{Lang: v.lang, Story: "55", Max: 2000}
	}
	first, staff, gone := v.comment(), v.comment(), Comment{ID: "9", Thread: "9", Gone: "Komentar ini dihapus penulisnya.", Time: v.when(1)}
	staff.ID, staff.By, staff.Name, staff.Staff, staff.Picked, staff.Edited = "8", "", "Budi Santoso", true, false, false
	staff.Answering, staff.Text = "Rani Setyawati", "Terima kasih, angka itu sudah kami tambahkan."
	first.Replies, first.More, first.MoreN = []Comment{staff}, "/comment/7", 9
	answer := v.comment()
	answer.ID, answer.Thread, answer.Name, answer.Picked = "10", "9", "", false
	gone.Replies = []Comment{answer}
	return Comments{Lang: v.lang, Story: "55", N: 12, Last: "10", Max: 2000, Plans: "/member", Threads: []Comment{first, gone}, More: "/comment/story/55?after=7",
		Sorts: []Link{{Text: "Terbaru"}, {"Terlama", "/comment/story/55?sort=oldest"}, {"Pilihan redaksi", "/comment/story/55?sort=picks"}}}
}

func (v sampleViews) commentsPage() CommentsPage {
	p := CommentsPage{Shell: v.shell(""), Comments: v.comments()}
	if v.full {
		p.Headline, p.Back, p.One = "Harga Beras Turun", "/nasional/2026/11/23/55/harga-beras-turun", true
		p.Comments.Shut = "Kolom komentar untuk berita ini sudah ditutup."
	}
	return p
}

// commentPages are the pages that one reader gets about comments.
func (v sampleViews) commentPages() []AccountPage {
	own := OwnComment{State: "pending"}
	if !v.full {
		return []AccountPage{&CommentFormPage{}, &CommentReportPage{}, &OwnCommentPage{Own: own}, &OwnCommentsPage{}, &LettersPage{}}
	}
	base := CommentBase{Story: "55", Headline: "Harga Beras Turun", Back: "/nasional/2026/11/23/55/harga-beras-turun", Longest: 2000, Plans: "/member"}
	c := v.comment()
	own = OwnComment{Comment: c, State: "rejected", Why: "Ada kata yang tidak boleh dipakai di sini.", Note: "Sila tulis ulang.",
		Headline: base.Headline, URL: "/comment/7", Until: "12:40 WIB", Delete: true}
	return []AccountPage{
		&CommentFormPage{CommentBase: base, ReplyTo: "7", Parent: &c, Text: "Setuju <b>sekali</b>", SignIn: "/account/sign-in"},
		&CommentFormPage{CommentBase: base, Edit: "7", Text: c.Text},
		&CommentReportPage{CommentBase: base, Comment: c, Reasons: []string{"hate", "other"}, Reason: "other", Text: "Lihat kata ketiga.", Max: 500, Mute: true},
		&CommentReportPage{CommentBase: base, Comment: c, Done: true, Mute: true},
		&OwnCommentPage{CommentBase: base, Own: own}, &OwnCommentPage{CommentBase: base, Own: own, Twice: true},
		&OwnCommentsPage{List: []OwnComment{own}, More: "/account/comments?before=7", Tell: true, Digest: true, Forget: true, Quiet: "Anda baru dapat berkomentar lagi besok.",
			Notices: []CommenterNotice{{Text: "Budi membalas komentar Anda", URL: "/comment/8", Note: "Terima kasih", Time: v.when(0), New: true}},
			Muted:   []MutedReader{{"4", "Tono"}}},
		&LettersPage{Key: "x"}, &LettersPage{Done: true},
	}
}
