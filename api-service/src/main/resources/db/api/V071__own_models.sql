-- A model that an inference-service of ours has is entered by the gateway, with the name and number
-- that it has there. Nothing changes or removes one: requests and prices name it for ever.
grant insert on model to r1_api;
