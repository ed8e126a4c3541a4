"use strict";

// Numbers as the pages write them: in full, or by 万 and 亿 where the reader wants that. The same rules as in looks.py.
const numbers = (() => {
  const [wan, yi] = [1e4, 1e8];
  const inMyriads = document.documentElement.dataset.numbers === "myriads";
  const hundredths = (size, unit) => Math.floor((size * 100 + unit / 2) / unit);

  const exact = (value) => value.toLocaleString("en");
  const shown = (value) => {
    const size = Math.abs(value);
    if (!inMyriads || size < wan) return exact(value);
    const [unit, word] = hundredths(size, wan) * wan < yi * 100 ? [wan, "万"] : [yi, "亿"];
    const rounded = hundredths(size, unit);
    const places = rounded * unit === size * 100 ? 0 : 2;
    const text = (rounded / 100).toLocaleString("en", { minimumFractionDigits: places, maximumFractionDigits: 2 });
    return `${value < 0 ? "-" : ""}${text}${word}`;
  };
  const signed = (value, write = shown) => (value > 0 ? "+" : value < 0 ? "−" : "") + write(Math.abs(value));
  return { exact, shown, signed };
})();
