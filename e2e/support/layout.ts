import type { Page } from "@playwright/test";

/**
 * Returns elements that extend beyond the window, and buttons squeezed until their words stand below each other. What stands in a region that
 * scrolls by itself is judged by that region.
 */
export const lost = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const tooWide = document.documentElement.scrollWidth - innerWidth;
    const cut = [...document.querySelectorAll("main :is(h1,h2,p,a,button,label,li,input,select,[data-scrolls])")].filter((one) => {
      const box = one.getBoundingClientRect();
      // What only a screen reader gets is cut to one pixel, with everything in it.
      const cutOff = (part: Element | null): boolean => !!part && (part.getBoundingClientRect().width <= 1 || cutOff(part.parentElement));
      const hidden = cutOff(one) || getComputedStyle(one).visibility === "hidden" || one.parentElement?.closest("[data-scrolls]");
      return !hidden && (box.left < -1 || box.right > innerWidth + 1);
    });
    const squeezed = [...document.querySelectorAll(".button")].filter((one) => {
      const { width, height } = one.getBoundingClientRect();
      return height > width;
    });
    return [...(tooWide > 0 ? [`page ${tooWide}px too wide`] : []), ...[...cut, ...squeezed].map((one) => one.outerHTML.slice(0, 120))];
  });
