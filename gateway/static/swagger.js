// Starts Swagger UI on the API's document; a file of its own because inline scripts are forbidden.
"use strict";
const place = document.getElementById("swagger");
window.SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  // No badge from a validator on the internet.
  validatorUrl: null,
});
