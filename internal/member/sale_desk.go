package member

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/pay"
)

// Request is a refund or a gift that somebody of the newsroom asks for.
type Request struct {
	ID         int64
	Kind       string // RequestRefund, RequestComp
	MemberID   int64
	PurchaseID int64     // of a refund
	PostingID  int64     // of a refund: the payment
	PlanID     int64     // of a gift
	Count      int       // of a gift: periods
	Money      pay.Money // given back, or what the gift is worth
	Reason     string
	By         string
	At         time.Time
	State      string
	DecidedBy  string
	DecidedAt  time.Time
	Error      string // why it could not be done
}

// Kinds and states of requests.
const (
	RequestRefund = "refund"
	RequestComp   = "comp"

	RequestWaiting  = "waiting" // for a second person
	RequestApproved = "approved"
	RequestDone     = "done"
	RequestRefused  = "refused"
	RequestFailed   = "failed" // the gateway refused it
)

// Bounds of what staff type.
const (
	maxPayReason = 300
	maxCount     = 24
)

// payReason returns a reason in order, Invalid if there is none.
func payReason(text string) (string, error) {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	if n := utf8.RuneCountInString(text); n == 0 || n > maxPayReason {
		return "", fault.Input("reason", "say why, in 1 to %d characters; it stands in the books", maxPayReason).Say("pay_reason", "most", maxPayReason)
	}
	return text, nil
}

// SavePlan makes a plan, or changes one: nobody who has bought it notices.
func (s *Sales) SavePlan(ctx context.Context, actor account.Actor, p *Plan) (err error) {
	defer fault.Wrap(&err, "save plan %d", p.ID)
	if err := actor.Require(account.Members); err != nil {
		return err
	}
	if err := p.Check(); err != nil {
		return err
	}
	if p.ID == 0 {
		p.State = PlanOffered
	} else if _, err := s.store.Plan(ctx, p.ID); err != nil {
		return err
	}
	line := change.Audit{Actor: actor.String(), Action: "save_plan", Object: "plan", Detail: change.Detail("id", p.ID, "name", p.Name, "price", p.Price.String(), "period", string(p.Period))}
	return s.store.SavePlan(ctx, p, change.Outcome{Audit: []change.Audit{line}})
}

// MovePlan offers a plan, archives it or deletes it. Those who have it keep it.
func (s *Sales) MovePlan(ctx context.Context, actor account.Actor, id int64, to PlanState) (err error) {
	defer fault.Wrap(&err, "move plan %d", id)
	if err := actor.Require(account.Members); err != nil {
		return err
	}
	p, err := s.store.Plan(ctx, id)
	if err != nil {
		return err
	}
	if !slices.Contains([]PlanState{PlanOffered, PlanArchived, PlanDeleted}, to) {
		return fault.Input("state", "%q is no state of a plan", to)
	}
	if p.State = to; to == PlanOffered {
		if err := p.Check(); err != nil {
			return err
		}
	}
	line := change.Audit{Actor: actor.String(), Action: "move_plan", Object: "plan", Detail: change.Detail("id", p.ID, "name", p.Name, "state", string(to))}
	return s.store.SavePlan(ctx, &p, change.Outcome{Audit: []change.Audit{line}})
}

// Transferred enters a transfer that has arrived at the outlet's bank. sum is what
// arrived, as it was typed; another one than the price is refused.
func (s *Sales) Transferred(ctx context.Context, actor account.Actor, code, sum, note string) (err error) {
	defer fault.Wrap(&err, "confirm the transfer for %s", code)
	if err := actor.Require(account.Members); err != nil {
		return err
	}
	note = strings.Join(strings.Fields(strings.ToValidUTF8(note, "")), " ")
	if utf8.RuneCountInString(note) > maxPayReason {
		return fault.Input("note", "at most %d characters", maxPayReason).Say("plan_note", "most", maxPayReason)
	}
	t, err := s.terms(ctx)
	if err != nil {
		return err
	}
	_, err = s.store.ChangeTrade(ctx, TradePick{Code: code}, nil, t.Zone, func(tr *Trade) (change.Outcome, error) {
		p := tr.byCode(code)
		if p == nil || !p.Manual() {
			return change.Outcome{}, fault.New(fault.NotFound, "there is no purchase %s that waits for a transfer", code).Say("transfer_unknown")
		}
		if p.StandingAt(tr.Now) != Waiting {
			return change.Outcome{}, fault.New(fault.Conflict, "the transfer was confirmed already").Say("transfer_there")
		}
		m, err := pay.Parse(sum, p.Price.Currency)
		if err != nil {
			return change.Outcome{}, err
		}
		if m != p.Price {
			return change.Outcome{}, fault.Input("sum", "%s arrived and %s is due: give it back, or ask for the rest", m, p.Price).
				Say("transfer_sum", "sum", m.Text(t.Lang), "price", p.Price.Text(t.Lang))
		}
		r := reading{t: tr, terms: t, gateway: pay.ManualName, asked: true}
		r.read(pay.Fact{Kind: pay.Paid, Ref: p.Code, Order: p.Code, Payment: p.Code, Money: m, At: tr.Now})
		for i := range tr.Add {
			tr.Add[i].Actor, tr.Add[i].Reason = actor.String(), note
		}
		r.out.Merge(audit(actor.String(), "confirm_transfer", "code", code))
		return r.out, nil
	})
	return err
}

// second reports whether a second person has to confirm a sum.
func (t Terms) second(m pay.Money) bool {
	for _, most := range t.Seconds {
		if most.Currency == m.Currency {
			return m.Amount > most.Amount
		}
	}
	return true
}

// AskRefund asks for a payment to be given back, in whole or in part. Up to the sum
// of the terms it is done at once; above it a second person has to confirm it.
func (s *Sales) AskRefund(ctx context.Context, actor account.Actor, memberID, posting int64, sum, reason string) (r Request, err error) {
	defer fault.Wrap(&err, "refund payment %d", posting)
	if err := actor.Require(account.Members); err != nil {
		return r, err
	}
	if reason, err = payReason(reason); err != nil {
		return r, err
	}
	tr, err := s.store.Trade(ctx, TradePick{MemberID: memberID})
	if err != nil {
		return r, err
	}
	i := slices.IndexFunc(tr.Entries, func(e Posting) bool {
		return e.ID == posting && (e.Kind == kindOf(pay.Paid) || e.Kind == Odd)
	})
	if i < 0 {
		return r, fault.New(fault.NotFound, "there is no such payment")
	}
	e := tr.Entries[i]
	left := tr.Left(e).Amount
	m, err := pay.Parse(sum, e.Money.Currency)
	if err != nil {
		f := fault.Find(err)
		f.Field = "sum"
		return r, err
	}
	if m.Amount == 0 || m.Amount > left {
		rest := pay.Money{Amount: left, Currency: e.Money.Currency}
		return r, fault.Input("sum", "at most %s of it can be given back", rest).Say("refund_sum", "most", rest.Plain()+" "+rest.Currency)
	}
	return s.request(ctx, actor, Request{Kind: RequestRefund, MemberID: memberID, PurchaseID: e.PurchaseID, PostingID: e.ID, Money: m, Reason: reason})
}

// AskComp asks for some periods of a plan to be given to a member.
func (s *Sales) AskComp(ctx context.Context, actor account.Actor, memberID, planID int64, count int, reason string) (r Request, err error) {
	defer fault.Wrap(&err, "give plan %d to reader %d", planID, memberID)
	if err := actor.Require(account.Members); err != nil {
		return r, err
	}
	if reason, err = payReason(reason); err != nil {
		return r, err
	}
	if count < 1 || count > maxCount {
		return r, fault.Input("count", "1 to %d periods can be given", maxCount).Say("comp_count", "most", maxCount)
	}
	plan, err := s.store.Plan(ctx, planID)
	if err != nil {
		return r, err
	}
	tr, err := s.store.Trade(ctx, TradePick{MemberID: memberID})
	if err == nil && tr.Member == nil {
		err = fault.New(fault.NotFound, "there is no reader %d", memberID)
	}
	if err != nil {
		return r, err
	}
	worth := pay.Money{Amount: plan.Price.Amount * int64(count), Currency: plan.Price.Currency}
	return s.request(ctx, actor, Request{Kind: RequestComp, MemberID: memberID, PlanID: planID, Count: count, Money: worth, Reason: reason})
}

// request keeps a request, and carries it out if no second person is needed.
func (s *Sales) request(ctx context.Context, actor account.Actor, r Request) (Request, error) {
	t, err := s.terms(ctx)
	if err != nil {
		return r, err
	}
	r.By, r.State = actor.String(), RequestApproved
	if t.second(r.Money) {
		r.State = RequestWaiting
	}
	if err := s.store.SaveRequest(ctx, &r, "", requestAudit(actor, r, "ask_"+r.Kind)); err != nil || r.State == RequestWaiting {
		return r, err
	}
	return s.carryOut(ctx, r)
}

func requestAudit(actor account.Actor, r Request, action string) change.Outcome {
	out := audit(actor.String(), action, "request", r.ID, "sum", r.Money.String(), "reason", r.Reason)
	out.Audit[0].Object = Member{ID: r.MemberID}.String()
	return out
}

// Decide confirms or refuses what somebody else asked for.
func (s *Sales) Decide(ctx context.Context, actor account.Actor, id int64, yes bool) (r Request, err error) {
	defer fault.Wrap(&err, "decide request %d", id)
	if err := actor.Require(account.Members); err != nil {
		return r, err
	}
	if r, err = s.store.Request(ctx, id); err != nil {
		return r, err
	}
	if r.State != RequestWaiting {
		return r, fault.New(fault.Conflict, "this was decided already").Say("request_decided")
	}
	if yes && r.By == actor.String() {
		return r, fault.New(fault.Forbidden, "a second person has to confirm this").Say("request_own")
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return r, err
	}
	r.DecidedBy, r.DecidedAt, r.State = actor.String(), now, RequestRefused
	action := "refuse_"
	if yes {
		r.State, action = RequestApproved, "confirm_"
	}
	if err := s.store.SaveRequest(ctx, &r, RequestWaiting, requestAudit(actor, r, action+r.Kind)); err != nil || !yes {
		return r, err
	}
	return s.carryOut(ctx, r)
}

// CarryOn carries out what was approved and broke off.
func (s *Sales) CarryOn(ctx context.Context) error {
	list, err := s.store.Requests(ctx, RequestApproved, 0, 0, 50)
	if err != nil {
		return err
	}
	for _, r := range list {
		if _, err := s.carryOut(ctx, r); err != nil && !fault.Is(err, fault.Unavailable) {
			return err
		}
	}
	return nil
}

// carryOut does what was approved. It may run twice: the gateway and the ledger go
// by the request's number.
func (s *Sales) carryOut(ctx context.Context, r Request) (Request, error) {
	var err error
	if r.Kind == RequestComp {
		err = s.give(ctx, r)
	} else {
		err = s.refund(ctx, r)
	}
	switch {
	case err == nil:
		r.State, r.Error = RequestDone, ""
	case fault.Is(err, fault.Unavailable):
		r.Error = "the gateway does not answer; it is tried again" // it stays approved
	case fault.Find(err) != nil:
		r.State, r.Error = RequestFailed, fault.Find(err).Message
	default:
		return r, err
	}
	if e := s.store.SaveRequest(ctx, &r, RequestApproved, change.Outcome{}); e != nil && !fault.Is(e, fault.Conflict) {
		return r, e
	}
	return r, err
}

// give enters a gift.
func (s *Sales) give(ctx context.Context, r Request) error {
	t, err := s.terms(ctx)
	if err != nil {
		return err
	}
	plan, err := s.store.Plan(ctx, r.PlanID)
	if err != nil {
		return err
	}
	_, err = s.store.ChangeTrade(ctx, TradePick{MemberID: r.MemberID}, nil, t.Zone, func(tr *Trade) (change.Outcome, error) {
		key := func(i int) string { return fmt.Sprintf("comp:%d:%d", r.ID, i) }
		if tr.Member == nil || tr.entry(key(0)) != nil {
			return change.Outcome{}, nil
		}
		tr.New = &Purchase{Code: newCode(), MemberID: r.MemberID, PlanID: plan.ID, Plan: plan.Name, Period: plan.Period, Price: plan.Price, Benefits: plan.Benefits,
			Gateway: GatewayComp, Created: tr.Now}
		for i := range r.Count {
			tr.Add = append(tr.Add, Posting{Key: key(i), Kind: Comp, At: tr.Now, Booked: tr.Now, Actor: r.By, Reason: r.Reason})
		}
		out := audit(r.By, "comp", "request", r.ID, "plan", plan.ID, "count", r.Count)
		out.Mails = append(out.Mails, t.ask().letter("pay_comp", tr.Member.Email, tr.Member.Name, "/account/membership", lang.Args{"plan": plan.Name, "n": r.Count}))
		return out, nil
	})
	return err
}

// GatewayComp stands in the place of a gateway in a purchase that was a gift.
const GatewayComp = "comp"

// refund gives money back at the gateway, and enters it.
func (s *Sales) refund(ctx context.Context, r Request) error {
	t, err := s.terms(ctx)
	if err != nil {
		return err
	}
	tr, err := s.store.Trade(ctx, TradePick{MemberID: r.MemberID})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(tr.Entries, func(e Posting) bool { return e.ID == r.PostingID })
	p := tr.purchase(r.PurchaseID)
	if i < 0 || p == nil {
		return fault.New(fault.NotFound, "the payment is not there any more")
	}
	g, err := s.gateway(p.Gateway)
	if err != nil {
		return err
	}
	fact, err := g.Refund(ctx, pay.Refund{Key: fmt.Sprintf("refund-%d", r.ID), Order: p.Code, Payment: tr.Entries[i].Payment, Money: r.Money, Reason: r.Reason})
	if err != nil {
		return err
	}
	_, err = s.store.ChangeTrade(ctx, TradePick{MemberID: r.MemberID}, nil, t.Zone, func(tr *Trade) (change.Outcome, error) {
		rd := reading{t: tr, terms: t, gateway: p.Gateway, asked: true}
		fact.Order, fact.Payment = p.Code, tr.Entries[i].Payment
		rd.read(fact)
		for j := range tr.Add {
			tr.Add[j].Actor, tr.Add[j].Reason = r.By, r.Reason
		}
		return rd.out, nil
	})
	return err
}

// Settle says that somebody has looked at an event, with what he found.
func (s *Sales) Settle(ctx context.Context, actor account.Actor, gateway, id, note string) (err error) {
	defer fault.Wrap(&err, "settle event %s", id)
	if err := actor.Require(account.Members); err != nil {
		return err
	}
	if note, err = payReason(note); err != nil {
		return err
	}
	told, err := s.store.Told(ctx, gateway, id)
	if err != nil {
		return err
	}
	if !slices.Contains(Unsettled, told.Outcome) {
		return fault.New(fault.Conflict, "this was settled already").Say("request_decided")
	}
	line := change.Audit{Actor: actor.String(), Action: "settle_event", Object: "event:" + gateway, Detail: change.Detail("id", id, "was", string(told.Outcome), "note", note)}
	told.Outcome, told.Note, told.By = Settled, note, actor.String()
	return s.store.SettleTold(ctx, told, change.Outcome{Audit: []change.Audit{line}})
}

// Seek names readers: by number, by the code of a purchase, by the beginning of an
// address or of the words of a name, or all of them, the newest first. The first that
// is given counts.
type Seek struct {
	ID     int64
	Code   string
	Text   string // in lower case: the beginning of an address, or of words of a name
	Before int64  // a number; 0: from the newest on
	Limit  int
}
