// A front that is being arranged: pins can be dragged to another place or
// container. The form does the same with its fields and buttons; this only
// fills them in and sends it.

const form = document.querySelector<HTMLFormElement>("[data-front]");

if (form) {
  let held: HTMLElement | null = null;

  /** Numbers the pins of a list by their order, and names them after their container. */
  const settle = (list: HTMLElement): void => {
    const n = list.closest<HTMLElement>("[data-container]")?.dataset["container"] ?? "";
    for (const [i, pin] of [...list.querySelectorAll<HTMLElement>("[data-pin]")].entries()) {
      for (const input of pin.querySelectorAll<HTMLInputElement>("input")) {
        input.name = input.name.replace(/^c\d+\./, `c${n}.`);
        if (input.hasAttribute("data-place")) input.value = String(i + 1);
      }
    }
  };

  form.addEventListener("dragstart", (e) => {
    held = e.target instanceof HTMLElement ? e.target.closest("[data-pin]") : null;
    e.dataTransfer?.setData("text/plain", "pin");
  });

  form.addEventListener("dragover", (e) => {
    const over = e.target instanceof Element ? e.target.closest<HTMLElement>("[data-pin], [data-container]") : null;
    if (!held || !over || over === held) return;
    e.preventDefault();
    for (const old of form.querySelectorAll("[data-over]")) old.removeAttribute("data-over");
    over.setAttribute("data-over", "");
  });

  form.addEventListener("drop", (e) => {
    const over = form.querySelector<HTMLElement>("[data-over]");
    over?.removeAttribute("data-over");
    if (!held || !over) return;
    e.preventDefault();
    const from = held.parentElement;
    if (over.hasAttribute("data-pin")) {
      over.before(held);
    } else {
      let list = over.querySelector<HTMLElement>("[data-pins]");
      if (!list) {
        list = document.createElement("ol");
        list.dataset["pins"] = "";
        over.querySelector("fieldset")?.append(list);
      }
      list.append(held);
    }
    if (from) settle(from);
    const to = held.parentElement;
    if (to && to !== from) settle(to);
    held = null;
    form.requestSubmit(form.querySelector<HTMLButtonElement>('button.main[value="save"]'));
  });
}
