#!/usr/bin/perl
# A gateway on loopback that nobody here wrote the codec of: Debian's libnet-smpp-perl. usage: smsc.pl PORT (0: a free one)
# It binds app/secret alone and says what it reads, one line each. By the last two digits of the number: 00 a receipt that the line
# takes no texts, 98 the receipt before the answer, 99 throttled (ESME_RTHROTTLED), 97 an invalid number, 96 a receipt behind a user data
# header whose text has the id in decimal, in fields parted by commas, with a NUL after the state; all others arrive.
use strict; use warnings; use Net::SMPP; use POSIX qw(strftime); use Encode;
$| = 1;
my $server = Net::SMPP->new_listen('127.0.0.1', port => shift // 2775, smpp_version => 0x34, system_id => 'PERLSMSC') or die "listen: $!";
print 'READY ', $server->sockport, "\n";
my $n = 0;

sub receipt {
  my ($c, $p, $id) = @_;
  return unless $p->{registered_delivery} & 3;
  my $arrived = $p->{destination_addr} !~ /00$/;
  return oddly($c, $p, $id) if $p->{destination_addr} =~ /96$/;
  my $date = strftime '%y%m%d%H%M', localtime;
  $c->deliver_sm(source_addr => $p->{destination_addr}, source_addr_ton => 1, source_addr_npi => 1,
    destination_addr => $p->{source_addr}, esm_class => 4,
    short_message => sprintf('id:%s sub:001 dlvrd:%s submit date:%s done date:%s stat:%s err:%s text:',
      $id, $arrived ? '001' : '000', $date, $date, $arrived ? 'DELIVRD' : 'UNDELIV', $arrived ? '000' : '00B'),
    receipted_message_id => "$id\0", message_state => pack('C', $arrived ? 2 : 5), async => 1);
}

sub oddly {
  my ($c, $p, $id) = @_;
  $c->deliver_sm(source_addr => $p->{destination_addr}, source_addr_ton => 1, source_addr_npi => 1,
    destination_addr => $p->{source_addr}, esm_class => 0x44,
    short_message => "\x05\x00\x03\x2a\x01\x01" . sprintf("id:%010d,sub:001,dlvrd:001,stat:DELIVRD\0", hex $id),
    receipted_message_id => lc($id =~ s/^0+//r) . "\0", async => 1);
}

while (1) {
  my $c = $server->accept or next;
  ${*$c}{smpp_version} = 0x34;
  my $bound = 0;
  while (my $p = $c->read_pdu) {
    my $cmd = $p->{cmd};
    if ($cmd == Net::SMPP::CMD_bind_transceiver || $cmd == Net::SMPP::CMD_bind_transmitter) {
      $bound = $p->{system_id} eq 'app' && $p->{password} eq 'secret';
      my $answer = $cmd == Net::SMPP::CMD_bind_transceiver ? 'bind_transceiver_resp' : 'bind_transmitter_resp';
      printf "BIND %s system_id=%s type=%s ok=%d iv=%s\n", $answer, $p->{system_id}, $p->{system_type}, $bound ? 1 : 0, $p->{interface_version};
      $c->$answer(seq => $p->{seq}, status => $bound ? 0 : 0x0E, system_id => 'PERLSMSC');
    } elsif ($cmd == Net::SMPP::CMD_submit_sm) {
      my ($raw, $udh) = ($p->{short_message}, '');
      if ($p->{esm_class} & 0x40) {
        my $length = ord $raw;
        $udh = unpack 'H*', substr($raw, 0, $length + 1);
        $raw = substr($raw, $length + 1);
      }
      my $id = sprintf '%08X', ++$n;
      printf "SUBMIT id=%s src=%s/%s:%s dst=%s/%s:%s dc=%s esm=0x%02x rd=%s pr=%s pid=%s vp=%s udh=%s octets=%s text=%s\n", $id,
        @$p{qw(source_addr_ton source_addr_npi source_addr dest_addr_ton dest_addr_npi destination_addr data_coding)},
        $p->{esm_class}, $p->{registered_delivery}, $p->{priority_flag}, $p->{protocol_id}, $p->{validity_period}, $udh, unpack('H*', $raw),
        $p->{data_coding} == 8 ? encode('UTF-8', decode('UTF-16BE', $raw)) =~ s/\n/\\n/gr : '';
      my $status = !$bound ? 4 : $p->{destination_addr} =~ /99$/ ? 0x58 : $p->{destination_addr} =~ /97$/ ? 0x0B : 0;
      if ($status) {
        $c->submit_sm_resp(seq => $p->{seq}, status => $status, message_id => '');
        next;
      }
      my $early = $p->{destination_addr} =~ /98$/;
      receipt($c, $p, $id) if $early;
      $c->submit_sm_resp(seq => $p->{seq}, status => 0, message_id => $id);
      receipt($c, $p, $id) unless $early;
    } elsif ($cmd == Net::SMPP::CMD_deliver_sm_resp) { printf "DELIVER_RESP status=%d\n", $p->{status};
    } elsif ($cmd == Net::SMPP::CMD_enquire_link) { $c->enquire_link_resp(seq => $p->{seq}); print "ENQUIRE\n";
    } elsif ($cmd == Net::SMPP::CMD_unbind) { $c->unbind_resp(seq => $p->{seq}); print "UNBIND\n"; last;
    } else { printf "OTHER %08x\n", $cmd; }
  }
  close $c;
  print "CLOSED\n";
}
