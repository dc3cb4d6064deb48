// -> the texts in output areas whose contrast is under 4.5 : 1 (3 : 1 if large), and what is wider than its cell.
() => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    brush.clearRect(0, 0, 1, 1);
    brush.fillStyle = colour;
    brush.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const behind = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.push(rgba(getComputedStyle(e).backgroundColor));
    return layers.reduceRight((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const opacity = (element) => {
    let product = 1;
    for (let e = element; e; e = e.parentElement) product *= Number(getComputedStyle(e).opacity);
    return product;
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((v) => {
      const s = v / 255;
      return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  for (const area of document.querySelectorAll(".jp-Cell .jp-OutputArea-output")) {
    for (const element of [area, ...area.querySelectorAll("*")]) {
      const text = [...element.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join(" ").trim();
      // What can't be used now is exempt (WCAG 2.2, 1.4.3: inactive components).
      if (!text || !element.getClientRects().length || element.closest(":disabled")) continue;
      const style = getComputedStyle(element);
      const ground = behind(element);
      const colour = rgba(style.color);
      colour[3] *= opacity(element);
      const [a, b] = [luminance(over(colour, ground)), luminance(ground)];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
      if (contrast < (large ? 3 : 4.5)) found.push(`${contrast.toFixed(2)} : 1  ${text.slice(0, 60)}`);
    }
    if (area.scrollWidth > area.clientWidth + 1) found.push(`wider than its cell: ${area.innerText.slice(0, 60)}`);
  }
  return found;
}
