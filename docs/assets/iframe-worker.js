// A browser starts no worker for a page that was opened from disk. The search is one: here it runs in a frame.
if (location.protocol === "file:")
  window.Worker = class extends EventTarget {
    #ready;

    constructor(url) {
      super();
      this.#ready = new Promise((ready) => {
        const frame = document.createElement("iframe");
        frame.hidden = true;
        document.body.append(frame);
        const inside = frame.contentWindow;
        inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
        const script = inside.document.createElement("script");
        script.src = url;
        script.onload = () => ready(inside);
        inside.document.body.append(script);
      });
    }

    postMessage(data) {
      this.#ready.then((inside) => inside.dispatchEvent(new inside.MessageEvent("message", { data })));
    }

    terminate() {}
  };
