// Addresses are relative, so that the page also works under a prefix that a proxy strips.
SwaggerUIBundle({
  url: "../openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0, // the schemas are below the operations; one opens what one looks for
  validatorUrl: null, // else the contract would be sent to a validator elsewhere
});
