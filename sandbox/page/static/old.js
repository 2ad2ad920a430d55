// Written for browsers of any age: says in one sentence that this page needs a newer one.
(function () {
  var able = window.EventSource && window.HTMLDialogElement && window.CSS && CSS.supports && CSS.supports("selector(:has(a))")
    && "inert" in HTMLElement.prototype && "replaceChildren" in Element.prototype;
  if (!able) document.documentElement.className += " old";
})();
