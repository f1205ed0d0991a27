import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { AuthorityFact, SourceFact } from '@anamnesis/core';
import type { Facility, SourceContact } from '@anamnesis/store';
import { Registration } from '../registration.js';
import { declareAuthority, listAuthorities } from './authorities.js';
import { approveContact, contact, type ContactAnswer, listContacts } from './contacts.js';
import { AuthorityDto, ContactDto, FacilityDto } from './facilities.dto.js';
import { addFacility, listFacilities } from './sources.js';

@ApiTags('facilities and authorities')
@ApiBearerAuth()
@Controller('registration')
export class FacilitiesController {
  constructor(private readonly registration: Registration) {}

  @Post('facilities')
  @ApiOperation({ summary: 'Register a facility' })
  addFacility(@Body() facility: FacilityDto): Promise<Facility> {
    return addFacility(this.registration, facility);
  }

  @Get('facilities')
  @ApiOperation({ summary: 'Facilities by name' })
  facilities(): Promise<readonly Facility[]> {
    return listFacilities(this.registration);
  }

  @Post('authorities')
  @ApiOperation({ summary: 'Declare an assigning authority; enterprise and national ones link records' })
  declareAuthority(@Body() declaration: AuthorityDto): Promise<AuthorityFact> {
    return declareAuthority(this.registration, declaration);
  }

  @Get('authorities')
  @ApiOperation({ summary: 'Assigning authorities' })
  authorities(): Promise<readonly AuthorityFact[]> {
    return listAuthorities(this.registration);
  }

  @Post('contacts')
  @ApiOperation({ summary: 'An unknown sender made contact (adapters)' })
  contact(@Body() sender: ContactDto): Promise<ContactAnswer> {
    return contact(this.registration, sender);
  }

  @Get('contacts')
  @ApiOperation({ summary: 'Unknown senders that wait for an operator' })
  contacts(): Promise<readonly SourceContact[]> {
    return listContacts(this.registration);
  }

  @Post('contacts/:id/approve')
  @ApiOperation({ summary: 'Make a source of an unknown sender' })
  approve(@Param('id') id: string): Promise<SourceFact> {
    return approveContact(this.registration, id);
  }
}
