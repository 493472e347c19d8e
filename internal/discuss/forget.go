package discuss

import (
	"context"

	"warta/internal/change"
	"warta/internal/fault"
)

// ForgetWords takes the words of everything that a reader wrote away, if he asked
// for that. It is called before his account is erased; what is left then is a
// place in the threads that others answered.
func (f *Forum) ForgetWords(ctx context.Context, memberID int64) (err error) {
	defer fault.Wrap(&err, "forget the words of reader %d", memberID)
	for {
		ids, err := f.store.WordsToForget(ctx, memberID, MaxBatch)
		if err != nil || len(ids) == 0 {
			return err
		}
		_, err = f.change(ctx, Pick{IDs: ids, Complaints: true}, func(w *Work) (out change.Outcome, err error) {
			for _, r := range w.Records {
				w.unsay(r)
			}
			return out, nil
		})
		if err != nil {
			return err
		}
	}
}
