// A button that the next answer may take away is pressed where the press begins, and by keyboard where it ends. So is a finger's:
// the button that stands in its place by then would be pressed, too.
window.pressed = (button, done) => {
  const press = (event) => {
    if (event.target.closest(button) && !(event.type === "pointerdown" && event.pointerType === "touch")) done();
  };
  for (const name of ["pointerdown", "click"]) document.addEventListener(name, press);
};
