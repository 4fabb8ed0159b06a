// Within a frame: tells the page around it how high the content is, so that nobody scrolls in two places.
if (window.parent !== window) {
  new ResizeObserver(() => {
    // A height is no secret, and whoever may frame the page is in its policy.
    window.parent.postMessage({ conversationTimelineHeight: document.documentElement.offsetHeight }, '*');
  }).observe(document.documentElement);
}
