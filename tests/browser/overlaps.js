// Which texts of a page lie over one another, where both can be seen. A text counts with what its boxes let be seen of it.
() => {
  const seen = (element) => {
    let box = element.getBoundingClientRect();
    let [left, top, right, bottom] = [box.left, box.top, box.right, box.bottom];
    for (let one = element.parentElement; one; one = one.parentElement) {
      const style = getComputedStyle(one);
      if (style.overflowX === "visible" && style.overflowY === "visible") continue;
      const around = one.getBoundingClientRect();
      [left, top, right, bottom] = [Math.max(left, around.left), Math.max(top, around.top), Math.min(right, around.right), Math.min(bottom, around.bottom)];
    }
    return { left, top, right, bottom, element };
  };
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })) continue;
    if (element.closest(".visually-hidden, .visually-hidden-focusable, option, script, svg")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const shown = seen(element);
    for (const line of range.getClientRects()) {
      const box = { left: Math.max(line.left, shown.left), top: Math.max(line.top, shown.top) + 2, right: Math.min(line.right, shown.right), bottom: Math.min(line.bottom, shown.bottom) - 2, text: node.data.trim(), node };
      if (box.right - box.left > 1 && box.bottom - box.top > 1 && box.top < 3000) texts.push(box);
    }
  }
  const found = [];
  texts.forEach((one, at) => texts.slice(at + 1).forEach((other) => {
    if (one.node === other.node) return;
    const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
    const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
    if (wide > 1 && high > 1) found.push(`${one.text} / ${other.text}`);
  }));
  return found;
}
