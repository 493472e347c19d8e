package members

import (
	"net/http"
	"net/url"
	"strconv"

	"warta/internal/fault"
	"warta/internal/member"
	"warta/internal/pay"
	"warta/internal/web/newsroom"
)

type planRow struct {
	member.Plan
	Sum string
	Has string
}

type plansPage struct {
	page
	Rows       []planRow
	Plan       planForm
	Currencies []string
}

// planForm is a plan as its form has it.
type planForm struct {
	ID                          int64
	Name, Note, Price, Currency string
	Period, TrialDays, Position string
	NoAds, Text                 bool
	State                       string
}

func formOf(p member.Plan) planForm {
	return planForm{ID: p.ID, Name: p.Name, Note: p.Note, Price: p.Price.Plain(), Currency: p.Price.Currency, Period: string(p.Period),
		TrialDays: strconv.Itoa(p.TrialDays), Position: strconv.Itoa(p.Position), NoAds: p.Benefits.Has(member.NoAds), Text: p.Benefits.Has(member.MembersText), State: string(p.State)}
}

func typed(f url.Values, id int64) planForm {
	return planForm{ID: id, Name: f.Get("name"), Note: f.Get("note"), Price: f.Get("price"), Currency: f.Get("currency"), Period: f.Get("period"),
		TrialDays: f.Get("trial_days"), Position: f.Get("position"), NoAds: f.Get("no_ads") != "", Text: f.Get("text") != ""}
}

// plan reads the form.
func (f planForm) plan(was member.Plan) (member.Plan, error) {
	price, err := pay.Parse(f.Price, f.Currency)
	if err != nil {
		return was, err
	}
	was.Name, was.Note, was.Price, was.Period, was.Benefits = f.Name, f.Note, price, member.Period(f.Period), 0
	if f.NoAds {
		was.Benefits |= member.NoAds
	}
	if f.Text {
		was.Benefits |= member.MembersText
	}
	was.TrialDays, was.Position = int(min(number(f.TrialDays), 1000)), int(min(number(f.Position), 1000))
	return was, nil
}

func (x *Room) plansOf(r *newsroom.Request, form planForm) (*plansPage, error) {
	p := &plansPage{page: x.shell(r, "plans", "members.plans"), Plan: form, Currencies: pay.Currencies()}
	list, err := x.p.Store.Plans(r.Context(), false)
	for _, plan := range list {
		p.Rows = append(p.Rows, planRow{plan, plan.Price.Text(r.Lang), benefits(r, plan.Benefits)})
	}
	return p, err
}

func (x *Room) plans(w http.ResponseWriter, r *newsroom.Request) error {
	p, err := x.plansOf(r, planForm{Currency: "IDR", Period: string(member.Month), NoAds: true, Text: true})
	if err != nil {
		return err
	}
	return x.d.Page(w, r, "members-plans", p)
}

func (x *Room) plan(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	plan, err := x.p.Store.Plan(r.Context(), id)
	if err != nil {
		return err
	}
	p, err := x.plansOf(r, formOf(plan))
	if err != nil {
		return err
	}
	return x.d.Page(w, r, "members-plans", p)
}

func (x *Room) savePlan(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	var was member.Plan
	if r.PathValue("id") != "" {
		id, err := r.ID("id")
		if err != nil {
			return err
		}
		if was, err = x.p.Store.Plan(r.Context(), id); err != nil {
			return err
		}
	}
	form := typed(f, was.ID)
	plan, err := form.plan(was)
	if err == nil {
		err = x.p.Sales.SavePlan(r.Context(), r.Actor, &plan)
	}
	if err == nil {
		return done(w, r, "/plans", "plan_saved")
	}
	p, e := x.plansOf(r, form)
	if e != nil {
		return e
	}
	if fault.Find(err) == nil || p.mend(r, err) != nil {
		return err
	}
	return x.d.PageStatus(w, r, http.StatusUnprocessableEntity, "members-plans", p)
}

func (x *Room) movePlan(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	if err := x.p.Sales.MovePlan(r.Context(), r.Actor, id, member.PlanState(f.Get("state"))); err != nil {
		return err
	}
	return done(w, r, "/plans", "plan_moved")
}
