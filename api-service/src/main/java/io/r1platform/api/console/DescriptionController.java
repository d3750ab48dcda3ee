package io.r1platform.api.console;

import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.security.Access;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /admin/api/openapi.json}: the admin API's description, which is written by hand. */
@RestController
final class DescriptionController {
  private final Access access;

  DescriptionController(Access access) {
    this.access = access;
  }

  @GetMapping("/admin/api/openapi.json")
  ResponseEntity<Resource> describe(@AuthenticationPrincipal @Nullable Principal principal) {
    access.allowed(principal, Permission.TENANTS_READ);
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .cacheControl(CacheControl.noCache())
        .body(new ClassPathResource("openapi-admin.json"));
  }
}
