import { useQueryClient } from '@tanstack/react-query';
import { membersQuery, type Member } from '@/features/members/api/members';

/** Reads a member again, as it stands now; undefined if it is not there any more. */
export function useFreshMember(): (member: Member) => Promise<Member | undefined> {
  const client = useQueryClient();
  return async (member) => {
    const { pages } = await client.infiniteQuery({
      ...membersQuery(member.organization_id),
      staleTime: 0,
    });
    return pages.flatMap((page) => page.items).find((item) => item.id === member.id);
  };
}
