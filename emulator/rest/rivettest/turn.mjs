// Neither client has a setting for Zoom's addresses, which are part of them. Requests for them are turned to the emulator here, and
// nothing else is changed; a request for anywhere else fails.
import assert from "node:assert/strict";
import http from "node:http";
import https from "node:https";
import axios from "axios";

// turnAxios is for rivet, whose REST address can be set but not that of tokens.
export function turnAxios(emulator) {
  axios.interceptors.request.use((request) => {
    const url = axios.getUri(request);
    if (url.startsWith("https://zoom.us/")) {
      request.baseURL = undefined;
      request.url = url.replace("https://zoom.us", emulator);
    }
    assert.ok(axios.getUri(request).startsWith(emulator), `rivet asks ${axios.getUri(request)}, which is not the emulator`);
    return request;
  });
}

// turnHTTPS is for zoomapi, which asks zoom.us and api.zoom.us.
export function turnHTTPS(emulator) {
  const { hostname, port } = new URL(emulator);
  https.request = (options, answer) => {
    assert.ok(["zoom.us", "api.zoom.us"].includes(options.hostname), `zoomapi asks ${options.hostname}`);
    return http.request({ ...options, hostname, port, headers: { ...options.headers, host: options.hostname } }, answer);
  };
}
