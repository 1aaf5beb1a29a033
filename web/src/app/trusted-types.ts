// The page's security policy takes no text as markup or script. The one thing that needs an exception is the SDK, which
// reads the XML of S3, EC2 and IAM with DOMParser; a parsed document runs nothing.
interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML(text: string, type?: string, sink?: string): string | null }): unknown;
}

const trustedTypes = (window as { trustedTypes?: TrustedTypes }).trustedTypes;
trustedTypes?.createPolicy("default", {
  createHTML: (text, _type, sink) => (sink?.startsWith("DOMParser") ? text : null),
});
