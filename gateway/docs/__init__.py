"""The merged OpenAPI document and the page that people read 接口文档."""
