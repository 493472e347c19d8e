package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
)

// JobMail is the kind of the job that sends one letter. Its arguments are
// {"id": …}.
const JobMail = "mail.send"

const mailColumns = `id, ref, recipient, name, language, subject, body, link, link_text, bulk, state, attempts, error, at, next_at, sent_at, unsubscribe`

func scanLetter(r scanner) (l change.Letter, err error) {
	err = r.Scan(&l.ID, &l.Key, &l.To, &l.Name, &l.Language, &l.Subject, &l.Text, &l.Link, &l.LinkText, &l.Bulk,
		&l.State, &l.Attempts, &l.Error, stamp{&l.At}, stamp{&l.Next}, stamp{&l.Sent}, &l.Unsubscribe)
	return l, err
}

// writeMails writes letters and returns the jobs that send them.
func writeMails(ctx context.Context, s *session, now time.Time, mails []change.Mail) (jobs []change.Job, err error) {
	for _, m := range mails {
		if m.Key == "" {
			m.Key = rand.Text()
		}
		ids, err := collect(scanID)(s.rows(ctx, `
			INSERT INTO mails (ref, recipient, name, language, subject, body, link, link_text, bulk, state, at, next_at, unsubscribe)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)
			ON CONFLICT (ref) DO NOTHING
			RETURNING id`, m.Key, m.To, m.Name, m.Language, m.Subject, m.Text, m.Link, m.LinkText, flag(m.Bulk),
			string(change.MailWaiting), millis(now), m.Unsubscribe))
		if err != nil {
			return nil, fmt.Errorf("write a letter: %w", err)
		}
		for _, id := range ids { // none: it was written before
			jobs = append(jobs, mailJob(id, time.Time{}))
		}
	}
	return jobs, nil
}

func mailJob(id int64, at time.Time) change.Job {
	return change.Job{Kind: JobMail, Args: json.RawMessage(`{"id":` + strconv.FormatInt(id, 10) + `}`),
		Key: strconv.FormatInt(id, 10), At: at}
}

// AddMails writes letters that follow from no other change.
func (db *DB) AddMails(ctx context.Context, mails ...change.Mail) (err error) {
	defer fault.Wrap(&err, "write %d letters", len(mails))
	_, err = db.change(ctx, func(context.Context, *session) (change.Outcome, error) {
		return change.Outcome{Mails: mails}, nil
	})
	return err
}

// Letter returns one letter.
func (db *DB) Letter(ctx context.Context, id int64) (l change.Letter, err error) {
	defer fault.Wrap(&err, "read letter %d", id)
	l, err = scanLetter(db.reads().row(ctx, `
		SELECT `+mailColumns+`
		FROM mails
		WHERE id = $1`, id))
	return l, notFound(err, "there is no letter %d", id)
}

// Letters returns letters, the newest first, of the ids below before (0: from
// the newest on), and whether there are more.
func (db *DB) Letters(ctx context.Context, before int64, limit int) (list []change.Letter, more bool, err error) {
	defer fault.Wrap(&err, "read the outbox")
	limit = max(1, min(limit, 200))
	list, err = collect(scanLetter)(db.reads().rows(ctx, `
		SELECT `+mailColumns+`
		FROM mails
		WHERE id < $1 OR $1 = 0
		ORDER BY id DESC
		LIMIT $2`, before, limit+1))
	if len(list) > limit {
		list, more = list[:limit], true
	}
	return list, more, err
}

// NoteAttempt records what came of trying to send a letter. The text of a
// letter that is sent is forgotten.
func (db *DB) NoteAttempt(ctx context.Context, id int64, a change.Attempt) (err error) {
	defer fault.Wrap(&err, "note an attempt at letter %d", id)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		var sent time.Time
		if a.State == change.MailSent {
			sent = a.At
		}
		_, err := s.exec(ctx, `
			UPDATE mails
			SET state = $2, attempts = attempts + 1, error = $3, next_at = $4, sent_at = CAST($5 AS BIGINT),
			    body = CASE WHEN CAST($5 AS BIGINT) = 0 THEN body ELSE '' END,
			    link = CASE WHEN CAST($5 AS BIGINT) = 0 THEN link ELSE '' END,
			    unsubscribe = CASE WHEN CAST($5 AS BIGINT) = 0 THEN unsubscribe ELSE '' END
			WHERE id = $1 AND state = 'waiting'`, id, string(a.State), a.Error, millis(a.Next), millis(sent))
		return change.Outcome{}, err
	})
	return err
}

// RetryMail sends a letter that failed once more.
func (db *DB) RetryMail(ctx context.Context, id int64, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "send letter %d again", id)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		now, err := db.clock(ctx, s)
		if err != nil {
			return out, err
		}
		err = s.row(ctx, `
			UPDATE mails
			SET state = 'waiting', next_at = $2, at = $2, attempts = 0
			WHERE id = $1 AND state <> 'sent'
			RETURNING id`, id, millis(now)).Scan(&id)
		if err != nil {
			return out, notFound(err, "there is no letter %d that could be sent again", id)
		}
		out := out
		out.Jobs = []change.Job{mailJob(id, time.Time{})}
		return out, nil
	})
	return err
}

// QueueMails asks again for the letters whose time came before the given one,
// at most 200: their jobs were lost, as in a restored backup, or there was no
// mail server. It returns how many there were.
func (db *DB) QueueMails(ctx context.Context, before time.Time) (n int, err error) {
	defer fault.Wrap(&err, "ask for late letters")
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		ids, err := collect(scanID)(s.rows(ctx, `
			SELECT id
			FROM mails
			WHERE state = 'waiting' AND next_at < $1
			ORDER BY next_at, id
			LIMIT 200`, millis(before)))
		for _, id := range ids {
			out.Jobs = append(out.Jobs, mailJob(id, time.Time{}))
		}
		n = len(ids)
		return out, err
	})
	return n, err
}

// TrimMails forgets the letters from before an instant, whatever came of them.
func (db *DB) TrimMails(ctx context.Context, before time.Time) (err error) {
	defer fault.Wrap(&err, "forget old letters")
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		_, err := s.exec(ctx, `DELETE FROM mails WHERE at < $1`, millis(before))
		return change.Outcome{}, err
	})
	return err
}
